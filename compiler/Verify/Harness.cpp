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

// Headers of C alone: with containers, compiling the harness took as long as
// compiling a small model.
static constexpr const char headIncludes[] = R"cpp(#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

namespace {

// Aligned for one element and no more; nothing follows the last element.
class Buffer {
public:
  Buffer() = default;
  Buffer(size_t bytes, size_t elementBytes, int fill)
      : base(bytes ? malloc(bytes + elementBytes) : nullptr),
        offset(elementBytes), bytes(bytes) {
    if (bytes == 0)
      return;
    if (!base) {
      fprintf(stderr, "no memory for %zu bytes\n", bytes);
      exit(2);
    }
    memset(base, fill, bytes + elementBytes);
  }
  Buffer(Buffer &&other) noexcept { *this = static_cast<Buffer &&>(other); }
  Buffer(const Buffer &) = delete;
  Buffer &operator=(const Buffer &) = delete;
  Buffer &operator=(Buffer &&other) noexcept {
    free(base);
    base = other.base;
    offset = other.offset;
    bytes = other.bytes;
    other.base = nullptr;
    return *this;
  }
  ~Buffer() { free(base); }

  // Null when there are no elements, which the contract allows.
  void *data() const {
    return base ? static_cast<unsigned char *>(base) + offset : nullptr;
  }
  template <typename Element> Element *as() const {
    return static_cast<Element *>(data());
  }
  size_t size() const { return bytes; }

private:
  void *base = nullptr;
  size_t offset = 0;
  size_t bytes = 0;
};

template <typename Element> Buffer makeBuffer(size_t count) {
  return Buffer(count * sizeof(Element), sizeof(Element), 0);
}

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
  const char *folder = nullptr;
  unsigned long sets = 0;
  unsigned long repeat = 0;
  int arenaFill = 255;
};

// The name of a file of a set.
struct Path {
  char text[4096];
};

// One run: what goes in, and room for what comes out. An array cannot be empty,
// so these have room for one more.
struct Set {
  const char *folder = nullptr;
  unsigned long number = 0;
  ModelDims dims{};
  Buffer inputs[inputCount + 1];
  Buffer outputDims[outputCount + 1];
  Buffer outputs[outputCount + 1];
};

[[noreturn]] void failUsage() {
  fprintf(stderr, "usage: harness WORKFOLDER SETS [--repeat=N] "
                  "[--arena-fill=BYTE]\n");
  exit(2);
}

[[noreturn]] void failFile(const Path &path, const char *what) {
  fprintf(stderr, "%s: %s\n", path.text, what);
  exit(2);
}

void requireSuccess(const char *where, int32_t status) {
  if (status == 0)
    return;
  fprintf(stderr, "%s: status %" PRId32 ": %s\n", where, status,
          modelStatusText(status));
  exit(3);
}

void requireSuccess(const Set &set, int32_t status) {
  char where[32];
  snprintf(where, sizeof where, "set %lu", set.number);
  requireSuccess(where, status);
}

[[noreturn]] void failOutput(const Set &set, size_t output, const char *what) {
  fprintf(stderr, "set %lu: output %zu %s\n", set.number, output, what);
  exit(3);
}

unsigned long parseNumber(const char *text, unsigned long most) {
  char *end = nullptr;
  const unsigned long value = strtoul(text, &end, 10);
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
    if (strncmp(words[word], "--repeat=", 9) == 0)
      options.repeat = parseNumber(words[word] + 9, 1000000000);
    else if (strncmp(words[word], "--arena-fill=", 13) == 0)
      options.arenaFill = static_cast<int>(parseNumber(words[word] + 13, 255));
    else
      failUsage();
  }
  return options;
}

Path checkLength(const Path &path, int length) {
  if (length < 0 || static_cast<size_t>(length) >= sizeof path.text)
    failFile(path, "is too long a name");
  return path;
}

Path dimsFile(const Set &set) {
  Path path;
  return checkLength(path, snprintf(path.text, sizeof path.text,
                                    "%s/%lu/dims.bin", set.folder, set.number));
}

// `input_0.bin`, `output_0_dims.bin`
Path tensorFile(const Set &set, const char *kind, size_t index,
                const char *ending) {
  Path path;
  return checkLength(path, snprintf(path.text, sizeof path.text,
                                    "%s/%lu/%s_%zu%s", set.folder, set.number,
                                    kind, index, ending));
}

Buffer readFile(const Path &path, size_t elementBytes) {
  FILE *file = fopen(path.text, "rb");
  if (!file)
    failFile(path, "cannot be opened");
  if (fseek(file, 0, SEEK_END) != 0)
    failFile(path, "cannot be read");
  const long bytes = ftell(file);
  if (bytes < 0 || fseek(file, 0, SEEK_SET) != 0)
    failFile(path, "cannot be read");
  Buffer buffer(static_cast<size_t>(bytes), elementBytes, 0);
  if (buffer.size() != 0 &&
      fread(buffer.data(), 1, buffer.size(), file) != buffer.size())
    failFile(path, "cannot be read");
  fclose(file);
  return buffer;
}

void writeFile(const Path &path, const Buffer &buffer) {
  FILE *file = fopen(path.text, "wb");
  if (!file)
    failFile(path, "cannot be created");
  const bool written =
      buffer.size() == 0 ||
      fwrite(buffer.data(), 1, buffer.size(), file) == buffer.size();
  if (fclose(file) != 0 || !written)
    failFile(path, "cannot be written");
}

// The bytes of an output, which must stay below the promised bound.
size_t countBytes(const Set &set, size_t index) {
  const Output &output = outputTable[index];
  const int64_t *sizes = set.outputDims[index].as<int64_t>();
  size_t bytes = output.elementBytes;
  bool isEmpty = false;
  for (size_t axis = 0; axis < output.rank; ++axis) {
    if (sizes[axis] < 0)
      failOutput(set, index, "has a negative axis");
    isEmpty |= sizes[axis] == 0;
  }
  if (isEmpty)
    return 0;
  for (size_t axis = 0; axis < output.rank; ++axis) {
    if (static_cast<uint64_t>(sizes[axis]) > output.maxBytes / bytes)
      failOutput(set, index, "exceeds its largest size");
    bytes *= static_cast<size_t>(sizes[axis]);
  }
  return bytes;
}

void readSet(Set &set, const Options &options, unsigned long number) {
  set.folder = options.folder;
  set.number = number;
  if (dimCount != 0) {
    const Path path = dimsFile(set);
    const Buffer values = readFile(path, sizeof(int64_t));
    if (values.size() != sizeof(ModelDims))
      failFile(path, "has the wrong size");
    memcpy(&set.dims, values.data(), sizeof(ModelDims));
  }
  for (size_t index = 0; index < inputCount; ++index)
    set.inputs[index] = readFile(tensorFile(set, "input", index, ".bin"),
                                 inputTable[index].elementBytes);
  for (size_t index = 0; index < outputCount; ++index) {
    const Output &output = outputTable[index];
    set.outputDims[index] = makeBuffer<int64_t>(output.rank);
    requireSuccess(
        set, modelOutputDims(&set.dims, static_cast<uint32_t>(index),
                             set.outputDims[index].as<int64_t>()));
    set.outputs[index] =
        Buffer(countBytes(set, index), output.elementBytes, options.arenaFill);
  }
}

void writeSet(const Set &set) {
  for (size_t index = 0; index < outputCount; ++index) {
    writeFile(tensorFile(set, "output", index, "_dims.bin"),
              set.outputDims[index]);
    writeFile(tensorFile(set, "output", index, ".bin"), set.outputs[index]);
  }
}

void runSet(Model &model, const Set &set) {
  const Buffer inputs = makeBuffer<const void *>(inputCount);
  for (size_t index = 0; index < inputCount; ++index)
    inputs.as<const void *>()[index] = set.inputs[index].data();
  const Buffer outputs = makeBuffer<void *>(outputCount);
  for (size_t index = 0; index < outputCount; ++index)
    outputs.as<void *>()[index] = set.outputs[index].data();
  requireSuccess(set, modelRun(&model, &set.dims, inputs.as<const void *>(),
                               outputs.as<void *>()));
}

double threadMicroseconds() {
  timespec now{};
  if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) != 0) {
    fprintf(stderr, "the thread's processor time is not available\n");
    exit(2);
  }
  return static_cast<double>(now.tv_sec) * 1e6 +
         static_cast<double>(now.tv_nsec) * 1e-3;
}

int compareTimes(const void *left, const void *right) {
  const double difference =
      *static_cast<const double *>(left) - *static_cast<const double *>(right);
  return difference < 0 ? -1 : difference > 0 ? 1 : 0;
}

void measure(Model &model, const Set &set, unsigned long repeat) {
  runSet(model, set);
  const Buffer buffer = makeBuffer<double>(repeat);
  double *times = buffer.as<double>();
  for (unsigned long run = 0; run < repeat; ++run) {
    const double start = threadMicroseconds();
    runSet(model, set);
    times[run] = threadMicroseconds() - start;
  }
  qsort(times, repeat, sizeof(double), compareTimes);
  const size_t middle = repeat / 2;
  const double median = repeat % 2 != 0
                            ? times[middle]
                            : (times[middle - 1] + times[middle]) / 2;
  printf("median_us=%.1f min_us=%.1f\n", median, times[0]);
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
  const size_t alignment = arenaAlignment > sizeof(void *) ? arenaAlignment
                                                           : sizeof(void *);
  if (posix_memalign(&arena, alignment, arenaBytes ? arenaBytes : 1) != 0) {
    fprintf(stderr, "no memory for the arena of %zu bytes\n", arenaBytes);
    return 2;
  }
  memset(arena, options.arenaFill, arenaBytes);

  Model model;
  unsigned long progressCalls = 0;
  requireSuccess("init", modelInit(&model, modelWeights, blobBytes, arena,
                                   arenaBytes));
  requireSuccess("check of weights",
                 modelCheckWeights(&model, reportProgress, &progressCalls));
  for (unsigned long number = 0; number < options.sets; ++number) {
    Set set;
    readSet(set, options, number);
    runSet(model, set);
    writeSet(set);
  }
  if (options.repeat != 0 && options.sets != 0) {
    Set set;
    readSet(set, options, 0);
    measure(model, set, options.repeat);
  }
  free(arena);
  return 0;
}
)cpp";

/// `constexpr Input inputTable[] = {{...}, {...}};`, one row per tensor.
template <typename PrintRow>
static std::string printTable(llvm::StringRef type, llvm::StringRef name,
                              unsigned rows, PrintRow printRow) {
  if (rows == 0) // An array cannot be empty.
    return fmt::format("constexpr {} {}[1] = {{}};\n", type.str(), name.str());
  std::string text =
      fmt::format("constexpr {} {}[] = {{\n", type.str(), name.str());
  for (unsigned row = 0; row < rows; ++row)
    text += fmt::format("    {{{}}},\n", printRow(row));
  return text + "};\n";
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

constexpr size_t inputCount = {inputs};
constexpr size_t outputCount = {outputs};
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
