#===- loops.py - Innermost loops in a disassembly --------------------------===#
#
# Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Reads the disassembly of x86-64 and 64-bit Arm objects and tells which fused
multiply-adds of float32 stand in the innermost loops of a function.

A loop is what a backward branch closes and its head dominates, as compilers
know it; an innermost one has no other inside. Cold code that a compiler moved
behind the function and that jumps back is no loop.
"""
import collections
import re

import corpus

DISASSEMBLER = "llvm-objdump-22"
FUNCTION = re.compile(r"^[0-9a-f]+ <(\S+)>:$")
INSTRUCTION = re.compile(r"^\s*([0-9a-f]+):\s+(\S+)\s*(.*)$")
JUMP_X86 = re.compile(r"^j[a-z]+$")
JUMP_ARM = re.compile(r"^(b|b\.[a-z]+|cbn?z|tbn?z)$")
TARGET = re.compile(r"0x([0-9a-f]+) <")
ALWAYS = {"jmp", "b", "retq", "ret", "br", "ud2", "udf", "brk"}

FMA_X86 = re.compile(r"^vfn?m(?:add|sub)(?:132|213|231)(ss|ps)$")
FMA_ARM_VECTOR = re.compile(r"^v\d+\.([24])s,")
FMA_ARM_SCALAR = re.compile(r"^s\d+,")
REGISTER_LANES = {"zmm": 16, "ymm": 8, "xmm": 4}

Instruction = collections.namedtuple("Instruction", "address name operands")


def disassemble(path):
    """The instructions of each function of an object."""
    functions, current = {}, None
    for line in corpus.run([DISASSEMBLER, "-d", "--no-show-raw-insn",
                            path]).splitlines():
        if match := FUNCTION.match(line):
            current = functions.setdefault(match[1], [])
        elif current is not None and (match := INSTRUCTION.match(line)):
            current.append(Instruction(int(match[1], 16), match[2], match[3]))
    return functions


def fma_lanes(instruction):
    """Lanes of a fused multiply-add of float32, 1 for a scalar one; else 0."""
    name, operands = instruction.name, instruction.operands
    if match := FMA_X86.match(name):
        if match[1] == "ss":
            return 1
        return max(lanes for register, lanes in REGISTER_LANES.items()
                   if register in operands)
    if name in ("fmla", "fmls"):
        if match := FMA_ARM_VECTOR.match(operands):
            return int(match[1])
        return 1 if FMA_ARM_SCALAR.match(operands) else 0
    if name in ("fmadd", "fmsub", "fnmadd", "fnmsub"):
        return 1 if FMA_ARM_SCALAR.match(operands) else 0
    return 0


def jump_target(instruction):
    if not (JUMP_X86.match(instruction.name) or
            JUMP_ARM.match(instruction.name)):
        return None
    # A table of jumps has no target in its text.
    match = TARGET.search(instruction.operands)
    return int(match[1], 16) if match else None


class Graph:
    """The basic blocks of a function by the index of their first
    instruction, and the edges between them."""

    def __init__(self, code):
        self.code = code
        places = {item.address: i for i, item in enumerate(code)}
        starts = {0}
        targets = {}
        for i, item in enumerate(code):
            target = places.get(jump_target(item))
            if target is not None:
                targets[i] = target
                starts.add(target)
            if (target is not None or item.name in ALWAYS) and \
                    i + 1 < len(code):
                starts.add(i + 1)
        self.starts = sorted(starts)
        self.ends = dict(zip(self.starts, self.starts[1:] + [len(code)]))
        self.before = {start: [] for start in self.starts}
        self.after = {}
        for start in self.starts:
            last = self.ends[start] - 1
            self.after[start] = [targets[last]] if last in targets else []
            if code[last].name not in ALWAYS and last + 1 < len(code):
                self.after[start].append(last + 1)
            for block in self.after[start]:
                self.before[block].append(start)

    def dominators(self):
        """For each block those that every way from the entry passes."""
        found = {start: set(self.starts) for start in self.starts}
        found[0] = {0}
        changed = True
        while changed:
            changed = False
            for start in self.starts[1:]:
                ways = [found[block] for block in self.before[start]]
                new = (set.intersection(*ways) if ways else set()) | {start}
                if new != found[start]:
                    found[start] = new
                    changed = True
        return found

    def loops(self):
        """The blocks of each natural loop, by its head."""
        dominators = self.dominators()
        loops = collections.defaultdict(set)
        for start in self.starts:
            for head in self.after[start]:
                if head not in dominators[start]:
                    continue
                body, work = {head}, [start]
                while work:
                    block = work.pop()
                    if block not in body:
                        body.add(block)
                        work += self.before[block]
                loops[head] |= body
        return loops

    def innermost(self):
        """The instructions of each loop that holds no other."""
        loops = self.loops()
        for head, body in sorted(loops.items()):
            if not any(other != head and other in body for other in loops):
                yield [item for block in sorted(body)
                       for item in self.code[block:self.ends[block]]]


def fma_loops(code):
    """Per innermost loop with multiply-adds how many there are, by lanes."""
    for loop in Graph(code).innermost():
        counts = collections.Counter(map(fma_lanes, loop))
        del counts[0]
        if counts:
            yield counts
