#include "copying/registry_import.hpp"

#include "client/registry_probe.hpp"
#include "copying/docker_credentials.hpp"
#include "copying/repository_copy.hpp"
#include "transfer/failure.hpp"

#include <boost/asio/ip/address_v4.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <iterator>
#include <memory>
#include <set>
#include <stdexcept>
#include <utility>
#include <vector>

namespace gantry::copying {

namespace json = boost::json;
using transfer::broken_entry;
using transfer::leave_out;

namespace {

/// Tags whose manifests are in memory at the same time.
constexpr std::size_t batch_size = 64;

/// Names alone are not enough: `localhost.example` is anywhere.
bool is_loopback(std::string_view place) {
  const auto host = place.substr(0, place.starts_with('[') ? place.find(']') + 1 : place.find(':'));
  if (host == "localhost" || host == "[::1]")
    return true;
  boost::system::error_code invalid;
  const auto address = boost::asio::ip::make_address_v4(host, invalid);
  return !invalid && address.is_loopback();
}

/// As docker: plain HTTP only on this machine, or if any certificate would do.
client::registry_site find_site(const registry_import_options& options) {
  client::probe_settings settings;
  settings.tls = options.tls;
  settings.who = options.who;
  if (!settings.who)
    settings.who = find_credentials(options.host, variable_of_process);
  const auto at = [&](const char* scheme) {
    const auto host = options.host == "docker.io" ? "registry-1.docker.io" : options.host;
    auto url = client::registry_url::parse(scheme + host);
    if (!url)
      throw std::runtime_error{"'" + options.host + "' is not the name of a host"};
    return client::find_registry(*url, settings);
  };
  try {
    return at("https://");
  } catch (const client::probe_error& failure) {
    const bool may_be_plain = is_loopback(options.host) || !options.tls.verify;
    if (failure.why() != client::probe_error::reason::unreachable || !may_be_plain)
      throw;
  }
  return at("http://");
}

/// The texts of the array `member` in a list of the registry.
std::vector<std::string> texts_of(const std::string& body, const char* member) {
  boost::system::error_code wrong;
  const auto value = json::parse(body, wrong);
  const auto* list = !wrong && value.is_object() ? value.get_object().if_contains(member) : nullptr;
  std::vector<std::string> texts;
  if (list && list->is_array())
    for (const auto& each : list->get_array())
      if (each.is_string())
        texts.emplace_back(each.get_string());
  return texts;
}

class registry_import {
public:
  registry_import(storage_engine& engine, const registry_import_options& options,
                  const progress_callback& progress);

  registry_import_report run();

private:
  /// Nothing if `may_be_absent` and the registry answers 404.
  std::vector<std::string> list(const std::string& first, const char* member,
                                bool may_be_absent = false);
  void put_repository(const std::string& text);

  registry_reader& reader() { return *from_.readers.front(); }

  const registry_import_options& options_;
  copied_registry from_;
  transfer::content_writer writer_;
};

registry_import::registry_import(storage_engine& engine, const registry_import_options& options,
                                 const progress_callback& progress)
  : options_{options}, writer_{engine, progress} {
  const auto site = find_site(options);
  for (std::size_t i = 0; i < options.parallel; ++i)
    from_.readers.push_back(std::make_unique<registry_reader>(site, options.tls));
}

registry_import_report registry_import::run() {
  auto names = std::vector<std::string>{options_.repository};
  if (options_.repository.empty())
    names = list(reader().targets().catalog() + "?n=1000", "repositories");
  for (const auto& name : names) {
    try {
      put_repository(name);
    } catch (const broken_entry& reason) {
      writer_.report().leave_out(name + ": " + reason.what());
    }
  }
  return {std::move(writer_.report()), from_.unchanged};
}

// All pages. A registry whose pages lead in a circle must not keep this busy for ever.
std::vector<std::string> registry_import::list(const std::string& first, const char* member,
                                               bool may_be_absent) {
  std::vector<std::string> all;
  std::set<std::string> asked;
  std::optional<std::string> target = first;
  while (target && asked.insert(*target).second) {
    const auto answer = reader().get(*target);
    if (answer.status == 404 && may_be_absent)
      break;
    if (answer.status != 200)
      leave_out(*target + " is answered with " + std::to_string(answer.status));
    std::ranges::move(texts_of(answer.body, member), std::back_inserter(all));
    target = client::next_page(answer.link, *target);
  }
  return all;
}

void registry_import::put_repository(const std::string& text) {
  const auto name = repository_name::parse(text);
  if (!name)
    leave_out("no repository can have this name");
  auto texts = std::vector<std::string>{options_.label};
  // Distribution's catalog lists repositories that have lost their last tag.
  if (options_.label.empty())
    texts = list(reader().targets().tags(text) + "?n=1000", "tags", options_.repository.empty());
  std::vector<tag> batch;
  const auto put = [&] {
    repository_copy{from_, writer_, *name}.put(batch);
    batch.clear();
  };
  for (const auto& each : texts) {
    if (auto label = tag::parse(each))
      batch.push_back(std::move(*label));
    else
      writer_.report().leave_out(
        std::string{text}.append(":").append(each).append(": this is not a tag"));
    if (batch.size() == batch_size)
      put();
  }
  put();
}

} // namespace

registry_import_report import_registry(storage_engine& engine,
                                       const registry_import_options& options,
                                       const progress_callback& progress) {
  return registry_import{engine, options, progress}.run();
}

} // namespace gantry::copying
