// The simulated disk loses what was not synced, and nothing else.
#include "simulation/disk.hpp"

#include "storage/disk/files.hpp"

#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <unistd.h>

using namespace gantry;
using namespace gantry::simulation;
using namespace gantry::storage;

namespace {

struct one_disk {
  file open(const std::string& path) {
    return file{*process, process->open(AT_FDCWD, path.c_str(), O_RDWR | O_CREAT, 0)};
  }
  file folder(const std::string& path = "/") {
    process->make_folder(AT_FDCWD, path.c_str(), 0);
    return file{*process, process->open(AT_FDCWD, path.c_str(), O_DIRECTORY, 0)};
  }
  bool write(const file& into, std::string_view text, std::uint64_t offset = 0) {
    return process->write(into.descriptor(), std::as_bytes(std::span{text}), offset) ==
           static_cast<ssize_t>(text.size());
  }
  std::string read(const std::string& path) {
    const int opened = process->open(AT_FDCWD, path.c_str(), O_RDONLY, 0);
    if (opened < 0)
      return "absent";
    std::string text(100, '\0');
    const auto n = process->read(opened, std::as_writable_bytes(std::span{text}), 0);
    process->close(opened);
    text.resize(static_cast<std::size_t>(n));
    return text;
  }

  /// A file whose bytes and name are durable.
  file durable(const std::string& path, std::string_view text) {
    auto made = open(path);
    write(made, text);
    BOOST_TEST(made.sync().has_value());
    const auto slash = path.rfind('/');
    BOOST_TEST(storage::sync_folder(folder(path.substr(0, slash + 1)).folder()).has_value());
    return made;
  }

  void end_process() {
    process->end_process();
    ended.push_back(std::move(process));
    process = std::make_unique<mount>(medium, [this] { return now; });
  }
  void lose_power(loss how = loss::all, std::uint64_t seed = 1) {
    end_process();
    dice choices{seed};
    medium.lose_power(choices, how);
  }

  std::chrono::system_clock::time_point now{};
  disk medium{1024 * 1024};
  std::vector<std::unique_ptr<mount>> ended;
  std::unique_ptr<mount> process = std::make_unique<mount>(medium, [this] { return now; });
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(disk, one_disk)

BOOST_AUTO_TEST_CASE(the_end_of_a_process_keeps_everything) {
  write(open("/a"), "text");
  end_process();
  BOOST_TEST(read("/a") == "text");
}

BOOST_AUTO_TEST_CASE(a_process_that_is_over_reaches_nothing) {
  const auto opened = open("/a");
  auto* before = process.get();
  end_process();
  BOOST_TEST(before->write(opened.descriptor(), std::as_bytes(std::span{"x", 1}), 0) == -1);
  BOOST_TEST(before->remove(AT_FDCWD, "/a") == -1);
  BOOST_TEST(read("/a") == "");
}

BOOST_AUTO_TEST_CASE(bytes_that_were_not_synced_are_lost) {
  const auto kept = durable("/a", "durable");
  write(kept, "lost", 0);
  lose_power();
  BOOST_TEST(read("/a") == "durable");
}

BOOST_AUTO_TEST_CASE(synced_bytes_without_a_durable_name_are_lost) {
  const auto made = open("/a");
  write(made, "text");
  BOOST_TEST(made.sync().has_value());
  lose_power();
  BOOST_TEST(read("/a") == "absent");
}

BOOST_AUTO_TEST_CASE(a_durable_name_without_synced_bytes_is_an_empty_file) {
  const auto made = open("/a");
  write(made, "text");
  BOOST_TEST(storage::sync_folder(folder().folder()).has_value());
  lose_power();
  BOOST_TEST(read("/a") == "");
}

BOOST_AUTO_TEST_CASE(a_disk_may_keep_what_was_not_synced) {
  write(open("/a"), "text");
  lose_power(loss::nothing);
  BOOST_TEST(read("/a") == "text");
}

BOOST_AUTO_TEST_CASE(a_write_may_be_torn_at_sectors) {
  const std::string before(1024, 'a');
  bool torn = false;
  for (std::uint64_t seed = 0; seed < 50 && !torn; ++seed) {
    const auto kept = durable("/a", before);
    write(kept, std::string(1024, 'b'));
    lose_power(loss::some, seed);
    const auto opened = open("/a");
    std::string text(1024, '\0');
    BOOST_REQUIRE(opened.read(std::as_writable_bytes(std::span{text}), 0).value() == 1024u);
    BOOST_TEST((text[0] == text[511] && text[512] == text[1023]));
    torn = text[0] != text[1023];
  }
  BOOST_TEST(torn);
}

BOOST_AUTO_TEST_CASE(a_removal_that_was_not_synced_comes_back) {
  durable("/a", "text");
  BOOST_TEST(process->remove(AT_FDCWD, "/a") == 0);
  BOOST_TEST(read("/a") == "absent");
  lose_power();
  BOOST_TEST(read("/a") == "text");
}

BOOST_AUTO_TEST_CASE(a_rename_never_loses_both_names) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    const auto other = folder("/folder");
    BOOST_TEST(storage::sync_folder(folder().folder()).has_value());
    durable("/a", "text");
    BOOST_TEST(process->rename(AT_FDCWD, "/a", other.descriptor(), "b") == 0);
    lose_power(loss::some, seed);
    BOOST_TEST((read("/a") == "text" || read("/folder/b") == "text"));
    process->remove(AT_FDCWD, "/folder/b");
  }
}

BOOST_AUTO_TEST_CASE(a_rename_replaces_a_file_whole) {
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    process->remove(AT_FDCWD, "/a.new"); // it may be a second name of the last
    process->remove(AT_FDCWD, "/a");
    durable("/a", "before");
    const auto made = open("/a.new");
    write(made, "after");
    BOOST_TEST(made.sync().has_value());
    BOOST_TEST(process->rename(AT_FDCWD, "/a.new", AT_FDCWD, "/a") == 0);
    lose_power(loss::some, seed);
    BOOST_TEST((read("/a") == "before" || read("/a") == "after"));
  }
}

BOOST_AUTO_TEST_CASE(a_second_name_needs_a_sync_of_its_own_folder) {
  durable("/a", "text");
  const auto other = folder("/folder");
  BOOST_TEST(storage::sync_folder(folder().folder()).has_value());
  BOOST_TEST(process->link(AT_FDCWD, "/a", other.descriptor(), "b") == 0);
  BOOST_TEST(storage::sync_folder(folder().folder()).has_value());
  lose_power();
  BOOST_TEST(read("/folder/b") == "absent");
  const auto again = folder("/folder");
  BOOST_TEST(process->link(AT_FDCWD, "/a", again.descriptor(), "b") == 0);
  BOOST_TEST(storage::sync_folder(again.folder()).has_value());
  lose_power();
  BOOST_TEST(read("/folder/b") == "text");
}

BOOST_AUTO_TEST_CASE(a_sync_that_fails_is_not_made_good_by_the_next) {
  auto kept = durable("/a", std::string(512, 'a'));
  write(kept, std::string(512, 'b'), 512);
  bool fails = true;
  process->observe([&](disk_operation what, const char*, std::uint64_t) {
    return what == disk_operation::sync && fails ? EIO : 0;
  });
  BOOST_TEST(!kept.sync());
  fails = false;
  BOOST_TEST(kept.sync().has_value());
  BOOST_TEST(kept.size().value() == 1024u);
  lose_power(loss::nothing);
  const auto size = open("/a").size().value();
  BOOST_TEST((size == 512u || size == 1024u));
}

BOOST_AUTO_TEST_CASE(a_full_disk_says_so_and_gets_room_back) {
  const auto made = open("/a");
  BOOST_TEST(write(made, std::string(1024 * 1024, 'x')));
  BOOST_TEST(!write(made, "x", 1024 * 1024));
  BOOST_TEST(errno == ENOSPC);
  BOOST_TEST(process->remove(AT_FDCWD, "/a") == 0);
  BOOST_TEST(medium.used() == 0u);
}

BOOST_AUTO_TEST_CASE(a_lock_ends_with_its_process) {
  const auto first = open("/a");
  const auto second = open("/a");
  BOOST_TEST(process->lock(first.descriptor(), LOCK_EX | LOCK_NB) == 0);
  BOOST_TEST(process->lock(second.descriptor(), LOCK_EX | LOCK_NB) == -1);
  end_process();
  BOOST_TEST(process->lock(open("/a").descriptor(), LOCK_EX | LOCK_NB) == 0);
}

BOOST_AUTO_TEST_CASE(another_boot_has_another_id) {
  const auto before = process->boot_id();
  end_process();
  BOOST_TEST(process->boot_id() == before);
  lose_power();
  BOOST_TEST(process->boot_id() != before);
}

BOOST_AUTO_TEST_CASE(a_descriptor_can_be_read_by_other_means) {
  const auto made = durable("/a", "text");
  std::string text(4, '\0');
  BOOST_TEST(::pread(made.descriptor(), text.data(), 4, 0) == 4);
  BOOST_TEST(text == "text");
}

BOOST_AUTO_TEST_SUITE_END()
