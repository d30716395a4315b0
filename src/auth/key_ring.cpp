#include "auth/key_ring.hpp"

#include "base/base64.hpp"
#include "base/file_replacement.hpp"
#include "base/text.hpp"
#include "base/timestamp.hpp"
#include "domain/digest.hpp"
#include "telemetry/log.hpp"

#include <algorithm>
#include <cstdint>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace gantry::auth {

namespace {

/// Bytes: more keys than `memory` can hold.
constexpr std::size_t max_key_file = 64 * 1024;
constexpr std::size_t name_size = 8;
constexpr char separator = '-';

std::string_view bytes_of(const text_seal::key& secret) {
  return {reinterpret_cast<const char*>(secret.data()), secret.size()};
}

/// Tells keys apart without revealing them: the first digits of a hash.
std::string name_of(const text_seal::key& secret) {
  return digest::of(bytes_of(secret)).hex().substr(0, name_size);
}

/// A line: the time in seconds since 1970, a space, the key in base64.
std::optional<std::pair<std::int64_t, text_seal::key>> read_key_line(std::string_view line) {
  const auto space = std::min(line.find(' '), line.size());
  const auto made = whole_number(line.substr(0, space));
  const auto bytes = from_base64(trim(line.substr(space)));
  text_seal::key secret{};
  if (!made || *made > INT64_MAX / std::nano::den || !bytes || bytes->size() != secret.size())
    return std::nullopt;
  std::ranges::copy(*bytes, secret.begin());
  return std::pair{static_cast<std::int64_t>(*made), secret};
}

} // namespace

key_ring::key_ring(std::function<clock::time_point()> now)
  : now_{std::move(now)}, keys_{std::make_shared<const keys>(keys{make(now_(), text_seal{})})} {}

key_ring::key_ring(const std::filesystem::path& file, std::function<clock::time_point()> now)
  : key_ring{std::move(now)} {
  const lock_guard lock{mutex_};
  file_.emplace(file, max_key_file);
  std::error_code failure;
  const auto is_there = std::filesystem::exists(file, failure);
  const auto text = is_there ? file_->read() : std::nullopt;
  if (failure || (is_there && !text))
    throw std::runtime_error{file.string() + ": this file cannot be read"};
  if (text) {
    keys_.replace(std::make_shared<const keys>(read(*text, file)));
    return;
  }
  try {
    replace_file(file, to_text(*keys_.take()));
    file_->read();
  } catch (const std::system_error& failed) {
    throw std::runtime_error{
      file.string() + ": the keys of tokens cannot be kept there: " + failed.code().message()};
  }
}

std::shared_ptr<const key_ring::dated_key> key_ring::make(clock::time_point made,
                                                          const text_seal& seal) {
  return std::make_shared<const dated_key>(dated_key{made, seal, name_of(seal.secret())});
}

key_ring::keys key_ring::read(std::string_view text, const std::filesystem::path& file) {
  keys found;
  for_each_line(text, [&](std::string_view line, std::size_t number) {
    if (trim(line).empty())
      return;
    const auto known = read_key_line(line);
    if (!known)
      throw std::runtime_error{file.string() + ":" + std::to_string(number) +
                               ": this is no key of tokens: remove the file, and clients will have "
                               "to log in again"};
    found.push_back(make(from_unix_seconds(known->first), text_seal{known->second}));
  });
  if (found.empty())
    throw std::runtime_error{file.string() + ": it holds no key: remove the file"};
  std::ranges::sort(found, std::greater{}, [](const auto& each) { return each->made; });
  return found;
}

std::string key_ring::to_text(const keys& all) {
  std::string text;
  for (const auto& each : all) {
    text += std::to_string(unix_seconds(each->made)) + " " +
            to_base64(bytes_of(each->seal.secret())) + "\n";
  }
  return text;
}

std::string key_ring::close(std::string_view text) {
  const auto now = now_();
  auto known = keys_.take();
  if (now - known->front()->made >= rotation) {
    const lock_guard lock{mutex_};
    rotate(now);
    known = keys_.take();
  }
  const auto& newest = *known->front();
  return newest.name + separator + newest.seal.close(text);
}

std::optional<std::string> key_ring::open(std::string_view sealed) {
  if (sealed.size() <= name_size || sealed[name_size] != separator)
    return std::nullopt;
  const auto name = sealed.substr(0, name_size);
  const auto text = sealed.substr(name_size + 1);
  const auto find = [&] {
    const auto known = keys_.take();
    const auto found = std::ranges::find(*known, name, [](const auto& each) { return each->name; });
    return found == known->end() ? nullptr : *found;
  };
  auto key = find();
  if (!key) {
    const lock_guard lock{mutex_};
    reread();
    key = find();
  }
  return key ? key->seal.open(text) : std::nullopt;
}

void key_ring::rotate(clock::time_point now) {
  reread();
  const auto known = keys_.take();
  if (now - known->front()->made < rotation)
    return; // another thread was faster
  auto next = std::make_shared<keys>(keys{make(now, text_seal{})});
  std::ranges::copy_if(*known, std::back_inserter(*next),
                       [now](const auto& each) { return now - each->made < rotation + memory; });
  if (file_) {
    try {
      replace_file(file_->path(), to_text(*next));
      file_->read();
    } catch (const std::system_error& failed) {
      telemetry::log().error("auth: {}: the next key of tokens is kept in memory alone: {}",
                             file_->path().string(), failed.code().message());
    }
  }
  keys_.replace(std::move(next));
}

/// Another process may share the file.
void key_ring::reread() {
  if (!file_ || !file_->has_changed())
    return;
  const auto text = file_->read();
  if (!text)
    return;
  try {
    keys_.replace(std::make_shared<const keys>(read(*text, file_->path())));
  } catch (const std::runtime_error& wrong) {
    telemetry::log().error("auth: {}; the keys of before stay in force", wrong.what());
  }
}

} // namespace gantry::auth
