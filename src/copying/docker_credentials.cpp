#include "copying/docker_credentials.hpp"

#include "base/base64.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <vector>

namespace gantry::copying {

namespace json = boost::json;

namespace {

/// Entries are named by a host, or by a URL.
std::string_view host_of(std::string_view name) {
  for (const std::string_view scheme : {"https://", "http://"})
    if (name.starts_with(scheme))
      name.remove_prefix(scheme.size());
  name = name.substr(0, name.find('/'));
  return name == "index.docker.io" || name == "registry-1.docker.io" ? "docker.io" : name;
}

std::string_view text_of(const json::object& entry, const char* name) {
  const auto* found = entry.if_contains(name);
  return found && found->is_string() ? std::string_view{found->get_string()} : std::string_view{};
}

client::credentials read_entry(const json::object& entry, std::string_view host) {
  if (const auto token = text_of(entry, "identitytoken"); !token.empty())
    return {{}, {}, std::string{token}};
  const auto pair = from_base64(text_of(entry, "auth")).value_or("");
  const auto colon = pair.find(':');
  if (colon != std::string::npos)
    return {pair.substr(0, colon), pair.substr(colon + 1)};
  if (!text_of(entry, "username").empty())
    return {std::string{text_of(entry, "username")}, std::string{text_of(entry, "password")}};
  throw std::runtime_error{"it has no password for " + std::string{host} +
                           " (a helper may keep it): give --user NAME:PASSWORD"};
}

std::vector<std::string> places(const variable_finder& variable) {
  std::vector<std::string> files;
  const auto add = [&](const char* name, const char* rest) {
    if (const auto folder = variable(name); !folder.empty())
      files.push_back(folder + rest);
  };
  add("REGISTRY_AUTH_FILE", "");
  add("DOCKER_CONFIG", "/config.json");
  add("HOME", "/.docker/config.json");
  add("XDG_RUNTIME_DIR", "/containers/auth.json");
  return files;
}

} // namespace

std::optional<client::credentials> read_credentials(std::string_view text, std::string_view host) {
  boost::system::error_code wrong;
  const auto value = json::parse({text.data(), text.size()}, wrong);
  if (wrong || !value.is_object())
    throw std::runtime_error{"it is not an object of JSON"};
  const auto* auths = value.get_object().if_contains("auths");
  if (!auths || !auths->is_object())
    return std::nullopt;
  for (const auto& entry : auths->get_object())
    if (host_of(entry.key()) == host_of(host) && entry.value().is_object() &&
        !entry.value().get_object().empty())
      return read_entry(entry.value().get_object(), host);
  return std::nullopt;
}

std::string variable_of_process(const char* name) {
  const auto* value = std::getenv(name);
  return value ? value : "";
}

std::optional<client::credentials> find_credentials(const std::string& host,
                                                    const variable_finder& variable) {
  for (const auto& file : places(variable)) {
    std::ifstream input{file, std::ios::binary};
    if (!input.is_open()) {
      if (file == variable("REGISTRY_AUTH_FILE"))
        throw std::runtime_error{file + " cannot be read"};
      continue;
    }
    const std::string text{std::istreambuf_iterator<char>{input}, {}};
    try {
      if (auto found = read_credentials(text, host))
        return found;
    } catch (const std::runtime_error& wrong) {
      throw std::runtime_error{file + ": " + wrong.what()};
    }
  }
  return std::nullopt;
}

} // namespace gantry::copying
