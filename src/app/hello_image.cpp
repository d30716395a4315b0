#include "app/hello_image.hpp"

#include "domain/digest.hpp"
#include "domain/media_type.hpp"

#include <boost/crc.hpp>
#include <boost/json.hpp>

#include <cstdint>
#include <cstdio>
#include <numeric>
#include <string_view>

namespace gantry::app {

namespace json = boost::json;

namespace {

constexpr std::string_view program_name = "hello";
constexpr std::string_view greeting = "Hello from Gantry!\n"
                                      "This image came out of a registry that holds it from the "
                                      "start; push one of your own next.\n";
constexpr std::string_view created = "2000-01-01T00:00:00Z";

// Appends the low `width` bytes of `value`, the lowest first.
void append_number(std::string& out, std::uint64_t value, int width) {
  for (int i = 0; i < width; ++i)
    out.push_back(static_cast<char>(value >> (8 * i) & 0xff));
}

// x86-64 code that writes the greeting, which follows it, to standard output and exits.
std::string machine_code() {
  using namespace std::string_literals;
  auto code = "\xb8\x01\x00\x00\x00"         // mov eax, 1 (write)
              "\xbf\x01\x00\x00\x00"         // mov edi, 1
              "\x48\x8d\x35\x10\x00\x00\x00" // lea rsi, [rip + 16]
              "\xba"s;                       // mov edx, size
  append_number(code, greeting.size(), 4);
  code += "\x0f\x05"             // syscall
          "\xb8\x3c\x00\x00\x00" // mov eax, 60 (exit)
          "\x31\xff"             // xor edi, edi
          "\x0f\x05"s;           // syscall
  code += greeting;
  return code;
}

// A static executable of one segment, which is the whole file (System V ABI, "Object Files").
std::string hello_program() {
  constexpr std::uint64_t base = 0x400000;
  constexpr int header_size = 64;
  constexpr int segment_header_size = 56;
  const auto code = machine_code();
  const auto size = header_size + segment_header_size + code.size();

  std::string file{"\x7f"
                   "ELF\x02\x01\x01"}; // 64 bits, little endian, version 1
  file.resize(16);
  append_number(file, 2, 2);  // executable
  append_number(file, 62, 2); // x86-64
  append_number(file, 1, 4);
  append_number(file, base + header_size + segment_header_size, 8); // entry point
  append_number(file, header_size, 8);                              // segment headers
  append_number(file, 0, 8);                                        // no sections
  append_number(file, 0, 4);                                        // no flags
  append_number(file, header_size, 2);
  append_number(file, segment_header_size, 2);
  append_number(file, 1, 2);
  append_number(file, 0, 6);

  append_number(file, 1, 4); // to be loaded
  append_number(file, 5, 4); // readable, executable
  append_number(file, 0, 8);
  append_number(file, base, 8);
  append_number(file, base, 8);
  append_number(file, size, 8);
  append_number(file, size, 8);
  append_number(file, 0x1000, 8);
  return file + code;
}

// A tar of one executable file (POSIX, "ustar Interchange Format").
std::string make_tar(std::string_view name, std::string_view content) {
  constexpr std::size_t block = 512;
  std::string tar(block, '\0');
  const auto put = [&tar](std::size_t offset, std::string_view text) {
    tar.replace(offset, text.size(), text);
  };
  char size[12];
  std::snprintf(size, sizeof size, "%011zo", content.size());
  put(0, name);
  put(100, "0000755");
  put(108, "0000000");
  put(116, "0000000");
  put(124, size);
  put(136, "00000000000");
  put(148, "        ");
  put(156, "0");
  put(257, "ustar");
  put(263, "00");
  char checksum[8];
  std::snprintf(checksum, sizeof checksum, "%06o",
                std::accumulate(tar.begin(), tar.end(), 0U,
                                [](unsigned sum, unsigned char byte) { return sum + byte; }));
  put(148, {checksum, 7});
  tar += content;
  // Pad to a whole block, then add two empty blocks for the end.
  tar.resize((tar.size() + block - 1) / block * block + 2 * block);
  return tar;
}

// A gzip file of one stored block (RFC 1952, RFC 1951 3.2.4): its bytes do not depend on zlib's
// version.
std::string make_gzip(std::string_view content) {
  std::string gzip{"\x1f\x8b\x08"};
  append_number(gzip, 0, 6); // no flags, time or hints
  append_number(gzip, 0xff, 1);
  append_number(gzip, 1, 1); // the last block, stored
  append_number(gzip, content.size(), 2);
  append_number(gzip, ~content.size(), 2);
  gzip += content;
  boost::crc_32_type checksum;
  checksum.process_bytes(content.data(), content.size());
  append_number(gzip, checksum.checksum(), 4);
  append_number(gzip, content.size(), 4);
  return gzip;
}

json::object describe(std::string_view type, std::string_view content) {
  return {
    {"mediaType", type}, {"size", content.size()}, {"digest", digest::of(content).to_string()}};
}

std::string make_config(std::string_view layer_tar) {
  const std::string command = "/" + std::string{program_name};
  const json::object config{
    {"architecture", "amd64"},
    {"os", "linux"},
    {"created", created},
    {"config", {{"Cmd", json::array{command}}, {"WorkingDir", "/"}}},
    {"rootfs", {{"type", "layers"}, {"diff_ids", json::array{digest::of(layer_tar).to_string()}}}},
    {"history", json::array{json::object{{"created", created}, {"created_by", "COPY hello /"}}}}};
  return json::serialize(config);
}

} // namespace

hello_image make_hello_image() {
  const auto tar = make_tar(program_name, hello_program());
  hello_image image{.layer = make_gzip(tar), .config = make_config(tar), .manifest = {}};
  image.manifest = json::serialize(json::object{
    {"schemaVersion", 2},
    {"mediaType", media_types::docker_manifest},
    {"config", describe("application/vnd.docker.container.image.v1+json", image.config)},
    {"layers",
     json::array{describe("application/vnd.docker.image.rootfs.diff.tar.gzip", image.layer)}}});
  return image;
}

} // namespace gantry::app
