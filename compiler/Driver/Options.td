//===- Options.td - The command line --------------------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

include "llvm/Option/OptParser.td"

// The help prints groups sorted by title.
def CompileGroup : OptionGroup<"<compiling>">, HelpText<"COMPILING">;
def CompressGroup : OptionGroup<"<compressing>">, HelpText<"COMPRESSING">;
def InputGroup : OptionGroup<"<inputs>">, HelpText<"INPUTS AND SIZES">;
def OtherGroup : OptionGroup<"<other>">, HelpText<"OTHER">;
def StateGroup : OptionGroup<"<state>">, HelpText<"STATE OF DECODERS">;
def VerifyGroup : OptionGroup<"<verifying>">, HelpText<"VERIFYING">;

class Switch<string name, OptionGroup group, string help>
    : Flag<["--"], name>, Group<group>, HelpText<help>;

// `--name=VALUE` and `--name VALUE`.
multiclass Value<string name, string meta, OptionGroup group, string help> {
  def NAME : Joined<["--"], name # "=">, MetaVarName<meta>, Group<group>,
             HelpText<help>;
  def NAME # _separate : Separate<["--"], name>, Group<group>,
                         Alias<!cast<Option>(NAME)>;
}

defm target : Value<"target", "NAME", CompileGroup,
    "The machine to compile for; see --list-targets">;
def output : Separate<["-"], "o">, MetaVarName<"DIR">, Group<CompileGroup>,
    HelpText<"Write into this folder; default NAME-TARGET">;
def output_joined : Joined<["-"], "o=">, Alias<output>, Group<CompileGroup>;
defm name : Value<"name", "N", CompileGroup,
    "Prefix of files and functions; default from the model's file">;
defm blob : Value<"blob", "KIND", CompileGroup,
    "Weights as incbin (default), file or array">;
defm emit : Value<"emit", "PHASE", CompileGroup,
    "Print the module after a phase, and stop">;
def explain : Switch<"explain", CompileGroup,
    "Tell what was done to which node, and what was not">;
defm arena : Value<"arena", "BYTES", CompileGroup,
    "Most memory of a run, such as 900K or 2M">;

defm quantize : Value<"quantize", "KIND", CompressGroup,
    "none, f16, w8, w4, w8a8, w4a8; default by target">;
defm group : Value<"group", "N", CompressGroup,
    "4-bit weights with one scale: 32 (default), 64, 128">;
defm quantize_embedding : Value<"quantize-embedding", "N", CompressGroup,
    "Bits of tables: none, 16, 8 (default if quantised), 4">;
defm activations : Value<"activations", "KIND", CompressGroup,
    "Rows for weights a model quantised: as it says, or i8">;
defm loss : Value<"loss", "MEASURE", CompressGroup,
    "off, or on (default): evaluate what quantising costs">;
defm max_loss : Value<"max-loss", "X", CompressGroup,
    "Fail if an output changes by more; 0.05 are 5 %">;
defm calibration : Value<"calibration", "DIR", CompressGroup,
    "Test sets to measure on, not made up; may be repeated">;
defm attention : Value<"attention", "KIND", CompressGroup,
    "Products of attention: float (default) or i8">;
defm keep : Value<"keep", "PATTERN", CompressGroup,
    "Leave products of this name alone; may be repeated">;

defm entry : Value<"entry", "KIND", StateGroup,
    "Functions: stateless, stateful, or (default) both">;
def stateless : Flag<["--"], "stateless">, Alias<entry>,
    AliasArgs<["stateless"]>;
defm cache : Value<"cache", "KIND", StateGroup,
    "What is kept: float (default), or i8 with --attention=i8">;
defm context : Value<"context", "N", StateGroup,
    "Tokens that it has room for; default by the model, or 512">;
defm chunk : Value<"chunk", "N", StateGroup,
    "Tokens of a prompt computed at a time; default 64">;
defm logits : Value<"logits", "WHICH", StateGroup,
    "Compute those of the last token (default) or of all">;
def sampler : Switch<"sampler", StateGroup,
    "Add a function that chooses a token for logits">;
defm state : Value<"state", "IN=OUT", StateGroup,
    "An input and an output that are state; may be repeated">;

defm dim : Value<"dim", "NAME=N|LO..HI", InputGroup,
    "A size, or its bounds; may be repeated">;
defm bind : Value<"bind", "INPUT=FILE.pb", InputGroup,
    "Make an input a constant; may be repeated">;
def bind_shape_inputs : Switch<"bind-shape-inputs", InputGroup,
    "Bind inputs that decide shapes, from the first set">;

defm verify : Value<"verify", "DIR", VerifyGroup,
    "Run on test sets and compare; may be repeated">;
defm cxx : Value<"cxx", "COMPILER", VerifyGroup,
    "Build with this compiler, not with that of the target">;
defm rtol : Value<"rtol", "R", VerifyGroup,
    "Relative tolerance; default by type, 1e-3 for float32">;
defm atol : Value<"atol", "A", VerifyGroup,
    "Absolute tolerance; default by type, 1e-4 for float32">;
defm cos : Value<"cos", "C", VerifyGroup,
    "Least cosine, instead of tolerances that are not given">;
defm int_slack : Value<"int-slack", "N", VerifyGroup,
    "Largest difference of integers; default 0">;
defm repeat : Value<"repeat", "N", VerifyGroup,
    "Time N more runs of the first set">;

def list_targets : Switch<"list-targets", OtherGroup,
    "Print the machines that can be compiled for">;
def help : Switch<"help", OtherGroup, "Print this">;
def version : Switch<"version", OtherGroup, "Print the version">;
