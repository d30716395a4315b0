#include "app/hello_image.hpp"

#include "domain/digest.hpp"
#include "domain/media_type.hpp"
#include "synthesis/packing.hpp"

#include <boost/json.hpp>

#include <cstdint>
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
  const auto tar = synthesis::make_tar(program_name, hello_program(), true);
  hello_image image{.layer = synthesis::make_gzip(tar), .config = make_config(tar), .manifest = {}};
  image.manifest = json::serialize(json::object{
    {"schemaVersion", 2},
    {"mediaType", media_types::docker_manifest},
    {"config", describe("application/vnd.docker.container.image.v1+json", image.config)},
    {"layers",
     json::array{describe("application/vnd.docker.image.rootfs.diff.tar.gzip", image.layer)}}});
  return image;
}

} // namespace gantry::app
