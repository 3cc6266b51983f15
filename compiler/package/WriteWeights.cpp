#include "compiler/package/WriteWeights.h"

#include "ir/storage/ScalarConversion.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace weft {

namespace {

/// Some rows of a parameter: the unit of work, a few megabytes of output.
struct Strip {
  const ParameterReader *reader;
  ParameterOp parameter;
  int64_t begin, end;
  uint64_t bytes;
  uint64_t padding; // zero bytes before it
};

constexpr uint64_t stripBytes = 4 << 20;

void cut(const ParameterReader &reader, ParameterOp parameter, uint64_t padding,
         std::vector<Strip> &strips) {
  int64_t step = reader.tileRows();
  int64_t tileBytes = std::max<int64_t>(1, reader.storage().bytes(step, reader.columns()));
  int64_t rows = std::max<int64_t>(1, stripBytes / tileBytes) * step;
  for (int64_t begin = 0; begin < reader.rows(); begin += rows) {
    int64_t end = std::min(begin + rows, reader.rows());
    uint64_t bytes = reader.storage().bytes(end - begin, reader.columns());
    strips.push_back({&reader, parameter, begin, end, bytes, begin == 0 ? padding : 0});
  }
}

std::string clipped(Strip strip) {
  Storage storage = strip.reader->storage();
  return llvm::formatv("expected weights that {0} can hold, with scales up to {1:F0}; found larger "
                       "ones in rows {2} to {3} of '{4}'; another format has to store this model",
                       storage.describe(), largestOf(storage.scalar), strip.begin, strip.end - 1,
                       strip.parameter.getSymName());
}

/// Packs strips on several threads and hands them out in order.
class Packer {
public:
  Packer(const std::vector<Strip> &strips, unsigned threads)
      : strips(strips), slots(2 * threads + 1) {
    for (unsigned i = 0; i < threads; ++i)
      workers.emplace_back([this] { work(); });
  }
  ~Packer() {
    {
      std::lock_guard lock(mutex);
      stopped = true;
    }
    changed.notify_all();
    for (std::thread &worker : workers)
      worker.join();
  }

  /// The packed strip `number`, or why it cannot be; the strips before it are given back by
  /// this.
  Result<std::span<const std::byte>> take(size_t number) {
    std::unique_lock lock(mutex);
    released = number;
    changed.notify_all();
    Slot &slot = slots[number % slots.size()];
    changed.wait(lock, [&] { return slot.holds == number + 1; });
    if (!slot.held)
      return fail(clipped(strips[number]));
    return slot.bytes;
  }

private:
  struct Slot {
    std::vector<std::byte> bytes;
    bool held = true;
    size_t holds = 0; // number of the strip plus one
  };

  void work() {
    for (size_t number = next++; number < strips.size(); number = next++) {
      Slot &slot = slots[number % slots.size()];
      {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return stopped || number < released + slots.size(); });
        if (stopped)
          return;
      }
      const Strip &strip = strips[number];
      slot.bytes.resize(strip.bytes);
      slot.held = strip.reader->readPacked(strip.begin, strip.end, slot.bytes.data());
      {
        std::lock_guard lock(mutex);
        slot.holds = number + 1;
      }
      changed.notify_all();
    }
  }

  const std::vector<Strip> &strips;
  std::vector<Slot> slots;
  std::vector<std::thread> workers;
  std::atomic<size_t> next = 0;
  std::mutex mutex;
  std::condition_variable changed;
  size_t released = 0; // strips before it are written
  bool stopped = false;
};

} // namespace

Result<WrittenWeights> writeWeights(llvm::ArrayRef<ParameterOp> parameters, WeightFiles &files,
                                    ArtifactWriter &writer, unsigned threads,
                                    const Progress &progress) {
  WrittenWeights result;
  std::vector<ParameterReader> readers;
  for (ParameterOp op : parameters) {
    Result<ParameterReader> reader = ParameterReader::create(op, files);
    if (!reader)
      return failFrom(reader);
    readers.push_back(std::move(*reader));
    result.parameters.push_back({op, 0, uint64_t(readers.back().bytes())});
  }
  std::vector<Strip> strips;
  uint64_t end = 0;
  for (auto [reader, parameter] : llvm::zip(readers, result.parameters)) {
    parameter.offset = llvm::alignTo(end, artifactAlign);
    cut(reader, parameter.op, parameter.offset - end, strips);
    end = parameter.offset + parameter.bytes;
  }

  if (Result<void> begun = writer.begin(); !begun)
    return failFrom(begun);
  {
    Packer packer(strips, std::max(1u, threads));
    const std::vector<std::byte> zeros(artifactAlign);
    uint64_t written = 0;
    for (size_t i = 0; i < strips.size(); ++i) {
      Result<void> wrote = writer.write(std::span(zeros).first(strips[i].padding));
      if (!wrote)
        return failFrom(wrote);
      Result<std::span<const std::byte>> packed = packer.take(i);
      if (!packed)
        return failFrom(packed);
      if (wrote = writer.write(*packed); !wrote)
        return failFrom(wrote);
      written += strips[i].padding + strips[i].bytes;
      if (progress)
        progress(double(written) / double(end));
    }
  }
  Result<schema::Segment> segment = writer.end();
  if (!segment)
    return failFrom(segment);
  result.segment = *segment;
  return result;
}

} // namespace weft
