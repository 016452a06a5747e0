//===- LlamaCpp.cpp - A decoder in llama.cpp ------------------------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "bench/Peer/LlamaCpp.h"
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <link.h>

namespace peer {

[[noreturn]] static void fail(const char *sentence) {
  std::fprintf(stderr, "llama.cpp: %s\n", sentence);
  std::exit(1);
}

template <typename Function>
static void find(void *library, const char *name, Function *&function) {
  void *symbol = dlsym(library, name);
  if (!symbol)
    fail(dlerror());
  function = reinterpret_cast<Function *>(symbol);
}

static LlamaApi load(const std::string &path) {
  void *library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library)
    fail(dlerror());
  LlamaApi api = {};
  find(library, "ggml_backend_load_all_from_path",
       api.ggml_backend_load_all_from_path);
  find(library, "ggml_version", api.ggml_version);
  find(library, "llama_log_set", api.log_set);
  find(library, "llama_model_default_params", api.model_default_params);
  find(library, "llama_model_load_from_file", api.model_load_from_file);
  find(library, "llama_context_default_params", api.context_default_params);
  find(library, "llama_init_from_model", api.init_from_model);
  find(library, "llama_set_n_threads", api.set_n_threads);
  find(library, "llama_get_memory", api.get_memory);
  find(library, "llama_memory_seq_rm", api.memory_seq_rm);
  find(library, "llama_batch_get_one", api.batch_get_one);
  find(library, "llama_decode", api.decode);
  find(library, "llama_get_logits_ith", api.get_logits_ith);
  return api;
}

static void logErrors(int severity, const char *text, void *) {
  if (severity == llamaLogError)
    std::fputs(text, stderr);
}

/// Looks for the loaded variant, libggml-cpu-NAME.so.
static int findVariant(dl_phdr_info *info, size_t, void *found) {
  constexpr const char *prefix = "libggml-cpu-";
  const char *name = std::strstr(info->dlpi_name, prefix);
  if (name)
    *static_cast<std::string *>(found) = name + std::strlen(prefix);
  return name != nullptr;
}

LlamaCpp::LlamaCpp(const std::string &library) : entries(load(library)) {
  entries.log_set(logErrors, nullptr);
  std::string folder = library.substr(0, library.rfind('/'));
  entries.ggml_backend_load_all_from_path(folder.c_str());
  std::string variant;
  dl_iterate_phdr(findVariant, &variant);
  versionText = std::string(entries.ggml_version()) + " " +
                variant.substr(0, variant.rfind('.'));
}

LlamaDecoder::LlamaDecoder(const LlamaCpp &library, const std::string &path)
    : api(library.api()) {
  LlamaModel *model =
      api.model_load_from_file(path.c_str(), api.model_default_params());
  if (model)
    context = api.init_from_model(model, api.context_default_params());
  if (!context)
    fail("cannot use the file");
  api.set_n_threads(context, 1, 1);
}

const float *LlamaDecoder::decode(std::vector<int32_t> &tokens) {
  LlamaStructure batch =
      api.batch_get_one(tokens.data(), static_cast<int32_t>(tokens.size()));
  if (api.decode(context, batch) != 0)
    fail("cannot decode");
  return api.get_logits_ith(context, -1);
}

void LlamaDecoder::rewind(size_t count) {
  if (!api.memory_seq_rm(api.get_memory(context), 0,
                         static_cast<int32_t>(count), -1))
    fail("cannot forget tokens");
}

} // namespace peer
