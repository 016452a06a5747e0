//===- Rival.cpp - Who else runs on the inputs of a case ------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "bench/Models/Rival.h"
#include "bench/Measure/Clock.h"
#include "bench/Measure/Process.h"
#include "bench/Models/Instance.h"
#include "bench/Peer/PlainDecoder.h"
#include <cstdio>
#include <cstdlib>
#include <cstring>

using measure::Tensor;

namespace models {

namespace {

class OnnxRival : public Rival {
public:
  OnnxRival(const PlannedRival &planned, PlannedCase &of,
            const peer::OnnxRuntime &library)
      : session(library, planned.path) {
    if (!of.carried.empty() && of.promptOutputs.front().memory.empty())
      runPrompt(of);
    results = of.outputs;
    for (Tensor &tensor : results)
      tensor.allocate();
    session.bind(of.inputs, results);
  }

  void run() override { session.run(); }

private:
  /// Runs the prompt and takes over what it leaves behind.
  void runPrompt(PlannedCase &of) {
    for (Tensor &tensor : of.promptOutputs)
      tensor.allocate();
    session.bind(of.promptInputs, of.promptOutputs);
    session.run();
    for (const Carried &carried : of.carried)
      for (const Tensor &from : of.promptOutputs) {
        Tensor &to = of.inputs[carried.input];
        if (from.name == carried.promptOutput && from.bytes() == to.bytes())
          std::memcpy(to.data(), from.data(), to.bytes());
      }
  }

  peer::OnnxSession session;
};

/// A decoder that takes token by token or all at once, and remembers them.
class DecoderRival : public Rival {
protected:
  explicit DecoderRival(const PlannedCase &of)
      : tokens(tokensOf(of.inputs.front())) {
    if (!of.promptInputs.empty())
      prompt = tokensOf(of.promptInputs.front());
    Tensor logits = of.outputs.front();
    logits.sizes = {logits.sizes.back()};
    logits.allocate();
    results.push_back(std::move(logits));
  }

  void store(const float *logits) {
    std::memcpy(results.front().data(), logits, results.front().bytes());
  }

  std::vector<int32_t> prompt, tokens;
};

class LlamaRival : public DecoderRival {
public:
  LlamaRival(const PlannedRival &planned, const PlannedCase &of,
             const peer::LlamaCpp &library)
      : DecoderRival(of), decoder(library, planned.path) {
    if (!prompt.empty())
      decoder.decode(prompt);
  }

  void run() override {
    decoder.rewind(prompt.size());
    store(decoder.decode(tokens));
  }

private:
  peer::LlamaDecoder decoder;
};

class PlainRival : public DecoderRival {
public:
  PlainRival(const PlannedRival &planned, const PlannedCase &of)
      : DecoderRival(of) {
    plain_decoder_open(planned.path.c_str(),
                       static_cast<int>(prompt.size() + tokens.size()));
    for (size_t i = 0; i < prompt.size(); ++i)
      plain_decoder_step(prompt[i], static_cast<int>(i));
  }

  void run() override {
    const float *logits = nullptr;
    for (size_t i = 0; i < tokens.size(); ++i)
      logits =
          plain_decoder_step(tokens[i], static_cast<int>(prompt.size() + i));
    store(logits);
  }
};

} // namespace

Libraries loadLibraries(const Plan &plan) {
  Libraries libraries;
  if (!plan.onnxRuntime.empty())
    libraries.onnxRuntime =
        std::make_unique<peer::OnnxRuntime>(plan.onnxRuntime);
  if (!plan.llamaCpp.empty())
    libraries.llamaCpp = std::make_unique<peer::LlamaCpp>(plan.llamaCpp);
  return libraries;
}

static std::unique_ptr<Rival> load(const PlannedRival &planned, PlannedCase &of,
                                   const Libraries &libraries) {
  if (planned.kind == "onnx" && libraries.onnxRuntime)
    return std::make_unique<OnnxRival>(planned, of, *libraries.onnxRuntime);
  if (planned.kind == "llama" && libraries.llamaCpp)
    return std::make_unique<LlamaRival>(planned, of, *libraries.llamaCpp);
  if (planned.kind == "plain")
    return std::make_unique<PlainRival>(planned, of);
  std::fprintf(stderr, "%s: the plan names no library for '%s'\n",
               planned.name.c_str(), planned.kind.c_str());
  std::exit(1);
}

std::unique_ptr<Rival> makeRival(const PlannedRival &planned, PlannedCase &of,
                                 const Libraries &libraries) {
  size_t before = measure::residentBytes();
  double start = measure::wallSeconds();
  std::unique_ptr<Rival> rival = load(planned, of, libraries);
  double loaded = measure::wallSeconds();
  rival->run();
  rival->planned = &planned;
  rival->loadSeconds = loaded - start;
  rival->firstSeconds = measure::wallSeconds() - loaded;
  rival->run();
  rival->bytes = measure::residentBytes() - before;
  return rival;
}

} // namespace models
