//===- Harness.cpp - The program that runs a generated model --------------===//
//
// Part of lmcc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The source consists of a head, which gives the names of one contract to the
// fixed names that the body uses, and the body, which is the same for every
// model.
//
//===----------------------------------------------------------------------===//

#include "compiler/Verify/Harness.h"

#include <fmt/format.h>

using namespace lmcc;

static constexpr const char headIncludes[] = R"cpp(#include <algorithm>
#include <array>
#include <cinttypes>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include <time.h>

namespace {

// Aligned for one element and no more; nothing follows the last element.
class Buffer {
public:
  Buffer(size_t bytes, size_t elementBytes, int fill)
      : base(bytes ? std::malloc(bytes + elementBytes) : nullptr),
        offset(elementBytes), bytes(bytes) {
    if (bytes == 0)
      return;
    if (!base) {
      std::fprintf(stderr, "no memory for %zu bytes\n", bytes);
      std::exit(2);
    }
    std::memset(base, fill, bytes + elementBytes);
  }
  Buffer(Buffer &&other) noexcept
      : base(other.base), offset(other.offset), bytes(other.bytes) {
    other.base = nullptr;
  }
  Buffer(const Buffer &) = delete;
  Buffer &operator=(const Buffer &) = delete;
  Buffer &operator=(Buffer &&) = delete;
  ~Buffer() { std::free(base); }

  // Null when there are no elements, which the contract allows.
  void *data() const {
    return base ? static_cast<unsigned char *>(base) + offset : nullptr;
  }
  size_t size() const { return bytes; }

private:
  void *base;
  size_t offset;
  size_t bytes;
};

struct Input {
  size_t elementBytes;
};

struct Output {
  size_t rank;
  size_t elementBytes;
  size_t maxBytes;
};

)cpp";

static constexpr const char body[] = R"cpp(
struct Options {
  std::string folder;
  unsigned long sets = 0;
  unsigned long repeat = 0;
  int arenaFill = 255;
};

[[noreturn]] void failUsage() {
  std::fprintf(stderr, "usage: harness WORKFOLDER SETS [--repeat=N] "
                       "[--arena-fill=BYTE]\n");
  std::exit(2);
}

[[noreturn]] void failFile(const std::string &path, const char *what) {
  std::fprintf(stderr, "%s: %s\n", path.c_str(), what);
  std::exit(2);
}

void requireSuccess(const char *where, int32_t status) {
  if (status == 0)
    return;
  std::fprintf(stderr, "%s: status %" PRId32 ": %s\n", where, status,
               modelStatusText(status));
  std::exit(3);
}

[[noreturn]] void failOutput(const char *where, size_t output,
                             const char *what) {
  std::fprintf(stderr, "%s: output %zu %s\n", where, output, what);
  std::exit(3);
}

unsigned long parseNumber(const char *text, unsigned long most) {
  char *end = nullptr;
  const unsigned long value = std::strtoul(text, &end, 10);
  if (*text < '0' || *text > '9' || *end != '\0' || value > most)
    failUsage();
  return value;
}

Options parseOptions(int count, char **words) {
  if (count < 3)
    failUsage();
  Options options;
  options.folder = words[1];
  options.sets = parseNumber(words[2], 1000000);
  for (int word = 3; word < count; ++word) {
    if (std::strncmp(words[word], "--repeat=", 9) == 0)
      options.repeat = parseNumber(words[word] + 9, 1000000000);
    else if (std::strncmp(words[word], "--arena-fill=", 13) == 0)
      options.arenaFill = static_cast<int>(parseNumber(words[word] + 13, 255));
    else
      failUsage();
  }
  return options;
}

Buffer readFile(const std::string &path, size_t elementBytes) {
  std::FILE *file = std::fopen(path.c_str(), "rb");
  if (!file)
    failFile(path, "cannot be opened");
  if (std::fseek(file, 0, SEEK_END) != 0)
    failFile(path, "cannot be read");
  const long bytes = std::ftell(file);
  if (bytes < 0 || std::fseek(file, 0, SEEK_SET) != 0)
    failFile(path, "cannot be read");
  Buffer buffer(static_cast<size_t>(bytes), elementBytes, 0);
  if (buffer.size() != 0 &&
      std::fread(buffer.data(), 1, buffer.size(), file) != buffer.size())
    failFile(path, "cannot be read");
  std::fclose(file);
  return buffer;
}

void writeFile(const std::string &path, const void *data, size_t bytes) {
  std::FILE *file = std::fopen(path.c_str(), "wb");
  if (!file)
    failFile(path, "cannot be created");
  const bool written = bytes == 0 || std::fwrite(data, 1, bytes, file) == bytes;
  if (std::fclose(file) != 0 || !written)
    failFile(path, "cannot be written");
}

// One run: what goes in, and room for what comes out.
struct Set {
  std::string folder;
  std::string label;
  ModelDims dims{};
  std::vector<Buffer> inputs;
  std::vector<std::vector<int64_t>> outputDims;
  std::vector<Buffer> outputs;
};

// The bytes of an output, which must stay below the promised bound.
size_t countBytes(const Set &set, size_t index) {
  const Output &output = outputTable[index];
  const std::vector<int64_t> &sizes = set.outputDims[index];
  for (const int64_t size : sizes) {
    if (size < 0)
      failOutput(set.label.c_str(), index, "has a negative axis");
    if (size == 0)
      return 0;
  }
  size_t bytes = output.elementBytes;
  for (const int64_t size : sizes) {
    if (static_cast<uint64_t>(size) > output.maxBytes / bytes)
      failOutput(set.label.c_str(), index, "exceeds its largest size");
    bytes *= static_cast<size_t>(size);
  }
  return bytes;
}

Set readSet(const Options &options, unsigned long number) {
  Set set;
  set.folder = options.folder + "/" + std::to_string(number) + "/";
  set.label = "set " + std::to_string(number);
  if (dimCount != 0) {
    const Buffer values = readFile(set.folder + "dims.bin", sizeof(int64_t));
    if (values.size() != sizeof(ModelDims))
      failFile(set.folder + "dims.bin", "has the wrong size");
    std::memcpy(&set.dims, values.data(), sizeof(ModelDims));
  }
  for (size_t index = 0; index < inputTable.size(); ++index)
    set.inputs.push_back(
        readFile(set.folder + "input_" + std::to_string(index) + ".bin",
                 inputTable[index].elementBytes));
  for (size_t index = 0; index < outputTable.size(); ++index) {
    std::vector<int64_t> sizes(outputTable[index].rank);
    requireSuccess(set.label.c_str(),
                   modelOutputDims(&set.dims, static_cast<uint32_t>(index),
                                   sizes.data()));
    set.outputDims.push_back(sizes);
    set.outputs.emplace_back(countBytes(set, index),
                             outputTable[index].elementBytes,
                             options.arenaFill);
  }
  return set;
}

void writeSet(const Set &set) {
  for (size_t index = 0; index < set.outputs.size(); ++index) {
    const std::string name = set.folder + "output_" + std::to_string(index);
    const std::vector<int64_t> &sizes = set.outputDims[index];
    writeFile(name + "_dims.bin", sizes.data(), sizes.size() * sizeof(int64_t));
    writeFile(name + ".bin", set.outputs[index].data(),
              set.outputs[index].size());
  }
}

void runSet(Model &model, const Set &set) {
  std::vector<const void *> inputs;
  for (const Buffer &input : set.inputs)
    inputs.push_back(input.data());
  std::vector<void *> outputs;
  for (const Buffer &output : set.outputs)
    outputs.push_back(output.data());
  requireSuccess(set.label.c_str(), modelRun(&model, &set.dims, inputs.data(),
                                             outputs.data()));
}

double threadMicroseconds() {
  timespec now{};
  if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) != 0) {
    std::fprintf(stderr, "the thread's processor time is not available\n");
    std::exit(2);
  }
  return static_cast<double>(now.tv_sec) * 1e6 +
         static_cast<double>(now.tv_nsec) * 1e-3;
}

void measure(Model &model, const Set &set, unsigned long repeat) {
  runSet(model, set);
  std::vector<double> times;
  for (unsigned long run = 0; run < repeat; ++run) {
    const double start = threadMicroseconds();
    runSet(model, set);
    times.push_back(threadMicroseconds() - start);
  }
  std::sort(times.begin(), times.end());
  const size_t middle = times.size() / 2;
  const double median = times.size() % 2 != 0
                            ? times[middle]
                            : (times[middle - 1] + times[middle]) / 2;
  std::printf("median_us=%.1f min_us=%.1f\n", median, times.front());
}

// A firmware would feed its watchdog here.
void reportProgress(void *calls, size_t, size_t) {
  ++*static_cast<unsigned long *>(calls);
}

} // namespace

int main(int argc, char **argv) {
  const Options options = parseOptions(argc, argv);

  // No padding behind the arena, so that an overrun is one byte away.
  void *arena = nullptr;
  const size_t alignment = std::max(arenaAlignment, sizeof(void *));
  if (posix_memalign(&arena, alignment, std::max<size_t>(arenaBytes, 1)) != 0) {
    std::fprintf(stderr, "no memory for the arena of %zu bytes\n", arenaBytes);
    return 2;
  }
  std::memset(arena, options.arenaFill, arenaBytes);

  Model model;
  unsigned long progressCalls = 0;
  requireSuccess("init", modelInit(&model, modelWeights, blobBytes, arena,
                                   arenaBytes));
  requireSuccess("check of weights",
                 modelCheckWeights(&model, reportProgress, &progressCalls));
  for (unsigned long number = 0; number < options.sets; ++number) {
    const Set set = readSet(options, number);
    runSet(model, set);
    writeSet(set);
  }
  if (options.repeat != 0 && options.sets != 0)
    measure(model, readSet(options, 0), options.repeat);
  std::free(arena);
  return 0;
}
)cpp";

/// `constexpr std::array<Input, 2> inputTable{{ ... }};`, one row per tensor.
template <typename PrintRow>
static std::string printTable(llvm::StringRef type, llvm::StringRef name,
                              unsigned rows, PrintRow printRow) {
  std::string text = fmt::format("constexpr std::array<{}, {}> {}{{",
                                 type.str(), rows, name.str());
  if (rows == 0)
    return text + "};\n";
  text += "{\n";
  for (unsigned row = 0; row < rows; ++row)
    text += fmt::format("    {{{}}},\n", printRow(row));
  return text + "}};\n";
}

/// The names of one contract, bound to the names that the body uses.
static std::string bindContract(llvm::StringRef model, unsigned inputs,
                                unsigned outputs, unsigned dims) {
  std::string macro = model.upper();
  std::string text = fmt::format(
      R"cpp(static_assert({M}_INPUT_COUNT == {inputs}, "other inputs");
static_assert({M}_OUTPUT_COUNT == {outputs}, "other outputs");
static_assert({M}_DIM_COUNT == {dims}, "other free symbols");

using Model = {m}_model;
using ModelDims = {m}_dims;
static_assert(sizeof(ModelDims) == {dimSlots} * sizeof(int64_t),
              "one int64 per free symbol, or an unused one");

constexpr size_t dimCount = {dims};
constexpr size_t arenaBytes = {M}_ARENA_BYTES;
constexpr size_t arenaAlignment = {M}_ARENA_ALIGNMENT;
constexpr size_t blobBytes = {M}_BLOB_BYTES;
constexpr const unsigned char *modelWeights = {m}_weights;
constexpr auto modelInit = {m}_init;
constexpr auto modelCheckWeights = {m}_check_weights;
constexpr auto modelRun = {m}_run;
constexpr auto modelOutputDims = {m}_output_dims;
constexpr auto modelStatusText = {m}_status_text;
)cpp",
      fmt::arg("m", model.str()), fmt::arg("M", macro),
      fmt::arg("inputs", inputs), fmt::arg("outputs", outputs),
      fmt::arg("dims", dims), fmt::arg("dimSlots", dims ? dims : 1));
  text += printTable("Input", "inputTable", inputs, [&](unsigned row) {
    return fmt::format("{}_INPUT_{}_ELEMENT_BYTES", macro, row);
  });
  text += printTable("Output", "outputTable", outputs, [&](unsigned row) {
    return fmt::format("{0}_OUTPUT_{1}_RANK, {0}_OUTPUT_{1}_ELEMENT_BYTES,\n"
                       "     {0}_OUTPUT_{1}_MAX_BYTES",
                       macro, row);
  });
  return text;
}

std::string verify::harnessSource(llvm::StringRef model, unsigned inputs,
                                  unsigned outputs, unsigned dims) {
  return fmt::format("// Runs the model {0} over files, to verify it.\n\n"
                     "#include \"{0}.h\"\n\n",
                     model.str()) +
         headIncludes + bindContract(model, inputs, outputs, dims) + body;
}
