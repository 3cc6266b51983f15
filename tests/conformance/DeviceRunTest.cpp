// Every promise of runtime/device/Device.h, of each device: what it records and runs.

#include "tests/conformance/DeviceSuite.h"

#include <thread>

namespace weft::test {
namespace {

using ::testing::HasSubstr;

class DeviceRun : public DeviceSuite {};

TEST_P(DeviceRun, DoesNotNeedWhatItLoadedAndRecorded) {
  std::vector<char> code = kernels->program.code;
  std::vector<std::string> names;
  std::vector<KernelEntry> entries;
  for (const auto &[name, offset] : kernels->entries)
    names.push_back(name);
  for (size_t i = 0; i < names.size(); ++i)
    entries.push_back({names[i], kernels->entries[i].second});
  auto loaded = device->load(std::as_bytes(std::span(code)), entries);
  ASSERT_TRUE(loaded.has_value()) << loaded.error().message;
  std::ranges::fill(code, char(0x5a));
  for (std::string &name : names)
    std::ranges::fill(name, '?');

  const Numbers a = numbers(33, 1), b = numbers(33, 2);
  auto left = bufferOf(a), right = bufferOf(b), result = hostBuffer(33 * rowBytes);
  std::vector<BufferView> bindings = {all(left), all(right), all(result)};
  auto list = device->record(**loaded, {command(product, 33)}, bindings);
  ASSERT_TRUE(list.has_value()) << list.error().message;
  std::ranges::fill(bindings, BufferView{});
  run(**list, 33);
  EXPECT_EQ(numbersIn(result), products(a, b));
}

TEST_P(DeviceRun, RefusesAKernelThatTheCodeHasNot) {
  const KernelEntry entry{"none", uint64_t(1) << 40};
  auto loaded = device->load(std::as_bytes(std::span(kernels->program.code)), {&entry, 1});
  ASSERT_FALSE(loaded.has_value());
  expectOneLine(loaded.error().message);
  EXPECT_THAT(loaded.error().message, HasSubstr("none"));
}

/// A kernel reads what the one before it wrote, twelve times.
TEST_P(DeviceRun, WaitsAtBarriers) {
  constexpr int64_t rows = 61;
  constexpr uint32_t steps = 12;
  std::vector<std::unique_ptr<Buffer>> buffers;
  std::vector<Numbers> expected = {numbers(rows, 1), numbers(rows, 2)};
  std::vector<BufferView> bindings;
  std::vector<Command> commands;
  for (uint32_t i = 0; i < steps + 2; ++i)
    buffers.push_back(i < 2 ? bufferOf(expected[i]) : hostBuffer(rows * rowBytes));
  for (uint32_t i = 0; i < steps; ++i) {
    commands.push_back(command(sum, rows, uint32_t(bindings.size())));
    bindings.insert(bindings.end(), {all(buffers[i]), all(buffers[i + 1]), all(buffers[i + 2])});
    expected.push_back(sums(expected[i], expected[i + 1]));
  }
  auto list = record(commands, bindings);
  ASSERT_TRUE(list);
  for (int time = 0; time < 20; ++time) {
    for (uint32_t i = 2; i < steps + 2; ++i)
      std::memset(buffers[i]->host(), 0, buffers[i]->bytes());
    run(*list, rows);
    ASSERT_EQ(numbersIn(buffers.back()), expected.back()) << "run " << time;
  }
}

TEST_P(DeviceRun, FinishesWhatHasNoBarrierBeforeWhatHas) {
  constexpr int64_t rows = 45;
  constexpr int count = 6;
  const Numbers a = numbers(rows, 1), b = numbers(rows, 2);
  auto left = bufferOf(a), right = bufferOf(b), last = hostBuffer(rows * rowBytes);
  std::vector<std::unique_ptr<Buffer>> middle;
  std::vector<BufferView> bindings;
  std::vector<Command> commands;
  for (uint32_t i = 0; i < count; ++i) {
    middle.push_back(hostBuffer(rows * rowBytes));
    commands.push_back(command(i % 2 ? product : sum, rows, 3 * i));
    commands.back().barrier = i == 0;
    bindings.insert(bindings.end(), {all(left), all(right), all(middle.back())});
  }
  commands.push_back(command(sum, rows, 3 * count));
  bindings.insert(bindings.end(), {all(middle[count - 2]), all(middle[count - 1]), all(last)});
  auto list = record(commands, bindings);
  ASSERT_TRUE(list);
  run(*list, rows);
  for (int i = 0; i < count; ++i)
    EXPECT_EQ(numbersIn(middle[i]), i % 2 ? products(a, b) : sums(a, b)) << i;
  EXPECT_EQ(numbersIn(last), sums(sums(a, b), products(a, b)));
}

TEST_P(DeviceRun, RunsAListAgainWithOtherSizesAndKernels) {
  const Numbers a = numbers(70, 1), b = numbers(70, 2);
  auto left = bufferOf(a), right = bufferOf(b), result = hostBuffer(70 * rowBytes);
  const BufferView bindings[] = {all(left), all(right), all(result)};
  auto list = record({command(sum, 70)}, bindings);
  ASSERT_TRUE(list);
  for (int time = 0; time < 2; ++time)
    for (uint32_t kernel : {sum, product})
      for (int64_t rows : {70, 1, 31, 64, 70}) {
        std::memset(result->host(), 0, result->bytes());
        Command &changed = list->commands[0];
        changed.kernel = command(kernel, rows).kernel;
        changed.groups = kernels->groups(kernel, rows);
        changed.shared = uint8_t(rows % (WEFT_SHARE_WHOLE + 1));
        run(*list, rows);
        Numbers expected = kernel == sum ? sums(a, b) : products(a, b);
        std::fill(expected.begin() + rows * columns, expected.end(), 0.0f);
        ASSERT_EQ(numbersIn(result), expected) << kernel << ", " << rows << " rows";
      }
  // What the host writes between runs is what the next one reads.
  std::memcpy(left->host(), b.data(), b.size() * sizeof(float));
  list->commands[0] = command(sum, 70);
  run(*list, 70);
  EXPECT_EQ(numbersIn(result), sums(b, b));
}

TEST_P(DeviceRun, PassesOverCommandsOfNoGroups) {
  const Numbers a = numbers(9, 1), b = numbers(9, 2);
  auto left = bufferOf(a), right = bufferOf(b), first = hostBuffer(9 * rowBytes),
       second = hostBuffer(9 * rowBytes);
  const BufferView bindings[] = {all(left), all(right), all(first),
                                 all(left), all(right), all(second)};
  auto list = record({command(sum, 9), command(product, 9, 3)}, bindings);
  ASSERT_TRUE(list);
  list->commands[0].groups = 0;
  run(*list, 9);
  EXPECT_EQ(numbersIn(first), Numbers(9 * columns));
  EXPECT_EQ(numbersIn(second), products(a, b));
  list->commands[1].groups = 0;
  std::memset(second->host(), 0, second->bytes());
  run(*list, 9);
  EXPECT_EQ(numbersIn(second), Numbers(9 * columns));
  auto empty = record({}, {});
  ASSERT_TRUE(empty);
  run(*empty, 9);
}

TEST_P(DeviceRun, TakesViewsWithinABuffer) {
  const Numbers a = numbers(4, 1), b = numbers(4, 2);
  auto buffer = hostBuffer(16 * rowBytes);
  std::memcpy(buffer->host() + 1 * rowBytes, a.data(), 4 * rowBytes);
  std::memcpy(buffer->host() + 6 * rowBytes, b.data(), 4 * rowBytes);
  // An unused one of no bytes may stand at the end.
  const BufferView bindings[] = {{buffer.get(), 16 * rowBytes, 0},
                                 {buffer.get(), 1 * rowBytes, 4 * rowBytes},
                                 {buffer.get(), 6 * rowBytes, 4 * rowBytes},
                                 {buffer.get(), 11 * rowBytes, 4 * rowBytes}};
  auto list = record({command(sum, 4, 1)}, bindings);
  ASSERT_TRUE(list);
  run(*list, 4);
  Numbers expected(16 * columns);
  std::ranges::copy(a, expected.begin() + 1 * columns);
  std::ranges::copy(b, expected.begin() + 6 * columns);
  std::ranges::copy(sums(a, b), expected.begin() + 11 * columns);
  EXPECT_EQ(numbersIn(buffer), expected);
}

TEST_P(DeviceRun, RefusesWhatIsNotThereAndRunsNothing) {
  auto left = bufferOf(numbers(4, 1)), right = bufferOf(numbers(4, 2)),
       result = hostBuffer(4 * rowBytes);
  const uint64_t bytes = 4 * rowBytes;
  const std::vector<BufferView> good = {all(left), all(right), all(result)};
  auto refused = [&](const char *what, std::vector<Command> commands,
                     std::vector<BufferView> bindings) {
    auto list = device->record(*executable, std::move(commands), bindings);
    ASSERT_FALSE(list.has_value()) << what;
    expectOneLine(list.error().message);
    EXPECT_EQ(numbersIn(result), Numbers(4 * columns)) << what;
  };
  auto refusedCommand = [&](const char *what, auto change) {
    Command changed = command(sum, 4);
    change(changed);
    // A command that could run stands before it.
    refused(what, {command(sum, 4), changed}, good);
  };
  refusedCommand("no such kernel",
                 [&](Command &c) { c.kernel = uint32_t(kernels->entries.size()); });
  refusedCommand("no kernel at all", [](Command &c) { c.kernel = UINT32_MAX; });
  refusedCommand("one binding behind", [](Command &c) { c.firstBinding = 1; });
  refusedCommand("far behind", [](Command &c) { c.firstBinding = UINT32_MAX; });
  refusedCommand("too many", [](Command &c) { c.bindingCount = UINT32_MAX; });
  refusedCommand("more than all groups", [](Command &c) { c.shared = WEFT_SHARE_WHOLE + 1; });
  auto refusedView = [&](const char *what, BufferView view) {
    for (size_t i = 0; i < good.size(); ++i) {
      std::vector<BufferView> bindings = good;
      bindings[i] = view;
      refused(what, {command(sum, 4)}, bindings);
    }
  };
  refusedView("no buffer", {nullptr, 0, bytes});
  refusedView("too long", {left.get(), 0, bytes + 1});
  refusedView("one row behind", {left.get(), rowBytes, bytes});
  refusedView("behind the end", {left.get(), bytes + 64, 0});
  refusedView("around the end of numbers", {left.get(), UINT64_MAX - 63, 64});
  refusedView("longest", {left.get(), 64, UINT64_MAX});
  for (uint64_t offset : {1, 4, 16, 32})
    refusedView("not at a multiple of 64", {left.get(), offset, 64});

  auto list = record({command(sum, 4)}, good);
  ASSERT_TRUE(list);
  run(*list, 4);
  EXPECT_EQ(numbersIn(result), sums(numbers(4, 1), numbers(4, 2)));
}

/// Machine code does not say how many bindings it takes.
TEST_P(DeviceRun, RefusesAnotherNumberOfBindingsWhereItKnows) {
  if (GetParam() == "cpu" || GetParam() == "c")
    return;
  auto buffer = bufferOf(numbers(4, 1));
  const std::vector<BufferView> bindings(4, all(buffer));
  for (uint32_t count : {0, 2, 4}) {
    Command other = command(sum, 4);
    other.bindingCount = count;
    auto list = device->record(*executable, {other}, bindings);
    ASSERT_FALSE(list.has_value()) << count;
    EXPECT_THAT(list.error().message, HasSubstr("expected 3 bindings"));
    expectOneLine(list.error().message);
  }
}

TEST_P(DeviceRun, KeepsListsApart) {
  const Numbers a = numbers(20, 1), b = numbers(20, 2);
  auto left = bufferOf(a), right = bufferOf(b), first = hostBuffer(20 * rowBytes),
       second = hostBuffer(20 * rowBytes);
  const BufferView bindings[] = {all(left), all(right), all(first),
                                 all(left), all(right), all(second)};
  auto other = load(*device);
  ASSERT_TRUE(other);
  auto kept = record({command(sum, 20)}, bindings);
  auto made = device->record(*other, {command(product, 20, 3)}, bindings);
  ASSERT_TRUE(kept && made.has_value());
  run(*kept, 20);
  run(**made, 20);
  EXPECT_EQ(numbersIn(first), sums(a, b));
  EXPECT_EQ(numbersIn(second), products(a, b));
  // Those that go leave the others as they are.
  made->reset();
  other.reset();
  second.reset();
  std::memset(first->host(), 0, first->bytes());
  run(*kept, 20);
  EXPECT_EQ(numbersIn(first), sums(a, b));
}

TEST_P(DeviceRun, CopiesWhatRunsWrote) {
  const Numbers a = numbers(8, 1), b = numbers(8, 2);
  auto left = bufferOf(a), right = bufferOf(b), result = hostBuffer(8 * rowBytes);
  auto inside = device->allocate(8 * rowBytes, Reach::Kernels);
  ASSERT_TRUE(inside.has_value());
  const BufferView bindings[] = {all(left),    all(right), all(*inside),
                                 all(*inside), all(right), all(result)};
  auto write = record({command(sum, 8)}, bindings), read = record({command(sum, 8, 3)}, bindings);
  ASSERT_TRUE(write && read);
  run(*write, 8);
  const BufferCopy out{all(*inside), all(result)};
  ASSERT_TRUE(device->copy({&out, 1}));
  EXPECT_EQ(numbersIn(result), sums(a, b));
  // And the other way round: a run reads what was copied.
  const BufferCopy in{all(left), all(*inside)};
  ASSERT_TRUE(device->copy({&in, 1}));
  run(*read, 8);
  EXPECT_EQ(numbersIn(result), sums(a, b));
  EXPECT_EQ(numbersIn(left), a);
}

TEST_P(DeviceRun, SaysWhenCommandsRanWhereItHasAClock) {
  const Numbers a = numbers(50, 1), b = numbers(50, 2);
  auto left = bufferOf(a), right = bufferOf(b), result = hostBuffer(50 * rowBytes);
  const BufferView bindings[] = {all(left), all(right), all(result)};
  auto list = record({command(sum, 50), command(product, 50), command(sum, 50)}, bindings);
  ASSERT_TRUE(list);
  list->commands[1].groups = 0;
  const int64_t sizes[WEFT_SIZE_COUNT] = {50, 50, 64, 1};
  std::vector<CommandSpan> spans = {{77, 0, 1, 2}};
  auto ran = device->runTimed(*list, sizes, spans);
  ASSERT_FALSE(spans.empty());
  EXPECT_EQ(spans.front().command, 77u) << "spans are added";
  if (!ran) {
    expectOneLine(ran.error().message);
    EXPECT_EQ(spans.size(), 1u);
    return;
  }
  EXPECT_EQ(numbersIn(result), sums(a, b));
  bool seen[3] = {};
  for (const CommandSpan &span : std::span(spans).subspan(1)) {
    ASSERT_LT(span.command, 3u);
    seen[span.command] = true;
    EXPECT_LT(span.thread, 2u);
    EXPECT_LE(0, span.begin);
    EXPECT_LE(span.begin, span.end);
  }
  EXPECT_TRUE(seen[0] && !seen[1] && seen[2]);
}

TEST_P(DeviceRun, TakesMemoryOfOthersWhereBothUseTheHosts) {
  auto other = makeDevice("cpu", 1);
  ASSERT_TRUE(other.has_value());
  if (!device->usesHostMemory() || !(*other)->usesHostMemory())
    return;
  const Numbers a = numbers(8, 1), b = numbers(8, 2);
  auto left = bufferOf(**other, a), right = bufferOf(b), result = hostBuffer(**other, 8 * rowBytes);
  const BufferView bindings[] = {all(left), all(right), all(result)};
  auto list = record({command(sum, 8)}, bindings);
  ASSERT_TRUE(list);
  run(*list, 8);
  EXPECT_EQ(numbersIn(result), sums(a, b));
}

TEST_P(DeviceRun, IsUsedByOneThreadAfterAnother) {
  const Numbers a = numbers(8, 1), b = numbers(8, 2);
  auto left = bufferOf(a), right = bufferOf(b), result = hostBuffer(8 * rowBytes);
  const BufferView bindings[] = {all(left), all(right), all(result)};
  std::unique_ptr<CommandList> list;
  std::thread([&] { list = record({command(sum, 8)}, bindings); }).join();
  ASSERT_TRUE(list);
  std::thread([&] { run(*list, 8); }).join();
  EXPECT_EQ(numbersIn(result), sums(a, b));
  list->commands[0] = command(product, 8);
  run(*list, 8);
  EXPECT_EQ(numbersIn(result), products(a, b));
  std::thread([&] {
    list.reset();
    executable.reset();
    left.reset();
  }).join();
}

TEST_P(DeviceRun, SeveralAreMadeAndUsedAtATime) {
  const Numbers a = numbers(30, 1), b = numbers(30, 2);
  std::vector<std::thread> threads;
  std::vector<Numbers> results(3);
  for (Numbers &result : results)
    threads.emplace_back([&] {
      EXPECT_FALSE(listDevices(GetParam()).empty());
      auto own = makeDevice(GetParam(), 2);
      ASSERT_TRUE(own.has_value()) << own.error().message;
      auto loaded = load(**own);
      auto left = bufferOf(**own, a), right = bufferOf(**own, b),
           written = hostBuffer(**own, 30 * rowBytes);
      const BufferView bindings[] = {all(left), all(right), all(written)};
      auto list = (*own)->record(*loaded, {command(sum, 30)}, bindings);
      ASSERT_TRUE(list.has_value()) << list.error().message;
      for (int time = 0; time < 20; ++time)
        run(**own, **list, 30);
      result = numbersIn(written);
    });
  for (std::thread &thread : threads)
    thread.join();
  for (const Numbers &result : results)
    EXPECT_EQ(result, sums(a, b));
}

INSTANTIATE_TEST_SUITE_P(Of, DeviceRun, everyDevice, deviceOf);

} // namespace
} // namespace weft::test
