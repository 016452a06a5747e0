#===- arena.py - The arena that a schedule needs, worked out anew ----------===#
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Reads `--emit=placed` and checks its memory plan.

A slot's life is from the first to the last call that mentions it; what the
planner says of it, where it begins and is released, is checked against that.
"""
import collections
import re

import corpus

SCHEDULE = re.compile(r"^  func\.func @(?:run|prefill|decode)\((.*?)^  }",
                      re.DOTALL | re.MULTILINE)
ARENA = re.compile(r"kernel\.arena_bytes = (\d+)")
SLOT = re.compile(r"(%\w+) = kernel\.slot (\d+) bytes (\d+)")
RELEASE = re.compile(r"kernel\.release (%\w+)")
CALL = re.compile(r"\bcall @[^(]*\(([^)]*)\)")
VALUE = re.compile(r"%\w+")

Slot = collections.namedtuple("Slot", "name offset bytes begin end")
# Arena bytes of the plan and of the largest set of slots that live at a time.
Plan = collections.namedtuple("Plan", "arena live slots")


def read_slots(text):
    """Slots with the numbers of their first and last call."""
    places, released, used, calls = {}, {}, {}, 0
    for line in text.splitlines():
        if match := SLOT.search(line):
            places[match[1]] = int(match[2]), int(match[3]), calls
        elif match := RELEASE.search(line):
            released[match[1]] = calls
        elif match := CALL.search(line):
            for value in VALUE.findall(match[1]):
                if value in released:
                    raise corpus.Failed("%s is used after its release: %s" %
                                        (value, line.strip()))
                if value in places:
                    used.setdefault(value, [calls, calls])[1] = calls
            calls += 1
    for name, (offset, size, begin) in places.items():
        first, last = used.get(name, (None, None))
        if first != begin or last is None or released.get(name) != last + 1:
            raise corpus.Failed(
                "%s is placed from call %s to %s, and used from %s to %s" %
                (name, begin, released.get(name), first, last))
        yield Slot(name, offset, size, first, last)


def read_plan(text):
    """The plan of the schedule that needs most; all work in one arena."""
    plans = [read_schedule(schedule) for schedule in SCHEDULE.findall(text)]
    if not plans:
        raise corpus.Failed("--emit=placed shows no schedule")
    return max(plans)


def read_schedule(text):
    arena = ARENA.search(text)
    if not arena:
        raise corpus.Failed("--emit=placed shows a schedule without an arena")
    slots = list(read_slots(text))
    live = 0
    for slot in slots:
        # The set is largest where some slot begins.
        others = [other for other in slots
                  if other.begin <= slot.begin <= other.end]
        live = max(live, sum(other.bytes for other in others))
        for other in others:
            if (other is not slot and
                    other.offset < slot.offset + slot.bytes and
                    slot.offset < other.offset + other.bytes):
                raise corpus.Failed("%s and %s overlap while both live" %
                                    (slot.name, other.name))
    end = max((slot.offset + slot.bytes for slot in slots), default=0)
    if end > int(arena[1]):
        raise corpus.Failed("slots end at %d in an arena of %s bytes" %
                            (end, arena[1]))
    return Plan(int(arena[1]), live, len(slots))
