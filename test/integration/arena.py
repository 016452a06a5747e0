#===- arena.py - The arena that a schedule needs, worked out anew ----------===#
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Reads `--emit=placed` and checks its memory plan.

The schedule is walked through, its loops as often as they turn. A slot's life
is from the first to the last call that mentions it, or from and to the ends of
a loop around that call; what the planner says of it, where it begins and is
released, is checked against that.
"""
import collections
import re

import corpus

SCHEDULE = re.compile(r"^  func\.func @(?:run|prefill|decode)\((.*?)^  }",
                      re.DOTALL | re.MULTILINE)
ARENA = re.compile(r"kernel\.arena_bytes = (\d+)")
SLOT = re.compile(r"(%\w+) = kernel\.slot (\d+) bytes (\d+)")
RELEASE = re.compile(r"kernel\.release (%\w+(?:#\d+)?)")
CALL = re.compile(r"\bcall @[^(]*\(([^)]*)\)")
NUMBER = re.compile(r"(%\w+) = arith\.constant (\d+) : index")
LOOP = re.compile(r"(?:(%\w+)(?::\d+)? = )?scf\.for %\w+ = %\w+ to (%\w+) step "
                  r"%\w+(?: iter_args\((.*?)\))?")
PICK = re.compile(r"(%\w+) = kernel\.pick %\w+ of (.*) :")
YIELD = re.compile(r"scf\.yield (.*) :")
VALUE = re.compile(r"%\w+(?:#\d+)?")

# Arena bytes of the plan and of the largest set of slots that live at a time.
Plan = collections.namedtuple("Plan", "arena live slots")


class Slot:
    """One life of a place. Times are numbers of calls."""

    def __init__(self, name, offset, size, begin, loops):
        self.name, self.offset, self.bytes = name, offset, size
        self.begin, self.loops = begin, loops
        self.first = self.last = self.released = None


class Walk:
    """Walks through the lines of a schedule."""

    def __init__(self, lines):
        self.lines = lines
        self.calls = 0
        self.numbers = {}
        self.values = {}  # Slots by the names of values.
        self.slots = []
        self.loops = []  # The times at which the loops around began.
        self.layer = None
        self.mentions = []  # Slots from outside the innermost loop.

    def fail(self, slot, what):
        raise corpus.Failed("%s is placed at call %s, released at %s, %s" %
                            (slot.name, slot.begin, slot.released, what))

    def mention(self, name):
        slot = self.values.get(name)
        if slot is None:
            return
        if slot.released is not None:
            self.fail(slot, "and used at %s" % self.calls)
        is_outside = len(slot.loops) < len(self.loops)
        if slot.first is None:
            slot.first = self.loops[-1] if is_outside else self.calls
        slot.last = self.calls
        if is_outside:
            self.mentions.append(slot)

    def run(self, first, end):
        """Lines from `first` to before `end`; returns what they yield."""
        at = first
        while at < end:
            line = self.lines[at]
            if match := LOOP.search(line):
                close = self.lines.index(
                    line[:len(line) - len(line.lstrip())] + "}", at)
                self.loop(match, at + 1, close)
                at = close
            elif match := YIELD.search(line):
                return [self.values.get(name)
                        for name in VALUE.findall(match[1])]
            else:
                self.step(line)
            at += 1
        return []

    def step(self, line):
        if match := SLOT.search(line):
            slot = Slot(match[1], int(match[2]), int(match[3]), self.calls,
                        tuple(self.loops))
            self.values[match[1]] = slot
            self.slots.append(slot)
        elif match := RELEASE.search(line):
            self.values[match[1]].released = self.calls
        elif match := NUMBER.search(line):
            self.numbers[match[1]] = int(match[2])
        elif match := PICK.search(line):
            self.values[match[1]] = self.values.get(
                VALUE.findall(match[2])[self.layer])
        elif match := CALL.search(line):
            for name in VALUE.findall(match[1]):
                self.mention(name)
            self.calls += 1

    def loop(self, match, first, close):
        names = VALUE.findall(match[3] or "")
        carried = [self.values[name] for name in names[1::2]]
        begin = self.calls
        outside, self.mentions = self.mentions, []
        for layer in range(self.numbers[match[2]]):
            self.layer = layer
            self.loops.append(begin)
            self.values.update(zip(names[0::2], carried))
            # What the loop carries is as if it had been placed in its body.
            for slot in carried:
                slot.loops = tuple(self.loops)
            carried = self.run(first, close)
            self.loops.pop()
        for slot in self.mentions:
            slot.last = self.calls - 1
        self.mentions = outside
        for slot in carried:
            slot.loops = tuple(self.loops)
        results = [match[1]] if len(carried) == 1 else [
            "%s#%d" % (match[1], i) for i in range(len(carried))]
        self.values.update(zip(results, carried))

    def check(self):
        for slot in self.slots:
            if (slot.last is None or slot.first != slot.begin or
                    slot.released != slot.last + 1):
                self.fail(slot, "but used from %s to %s" %
                          (slot.first, slot.last))


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
    lines = text.splitlines()
    walk = Walk(lines)
    walk.run(0, len(lines))
    walk.check()
    live = 0
    for slot in walk.slots:
        # The set is largest where some slot begins.
        others = [other for other in walk.slots
                  if other.first <= slot.first <= other.last]
        live = max(live, sum(other.bytes for other in others))
        for other in others:
            if (other is not slot and
                    other.offset < slot.offset + slot.bytes and
                    slot.offset < other.offset + other.bytes):
                raise corpus.Failed("%s and %s overlap while both live" %
                                    (slot.name, other.name))
    end = max((slot.offset + slot.bytes for slot in walk.slots), default=0)
    if end > int(arena[1]):
        raise corpus.Failed("slots end at %d in an arena of %s bytes" %
                            (end, arena[1]))
    return Plan(int(arena[1]), live, len(walk.slots))
