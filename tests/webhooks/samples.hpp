// A log and an endpoint for the tests of this layer.
#pragma once

#include "domain/changes.hpp"
#include "storage/api/metadata.hpp"
#include "support/scripted_server.hpp"
#include "webhooks/endpoint.hpp"
#include "webhooks/envelope.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gantry::test {

/// A push at a fixed time; without a tag if `name` is empty.
inline logged_change pushed(std::uint64_t number, std::string_view repository,
                            std::string_view name) {
  history_entry entry{.sequence = number,
                      .change = number,
                      .at = time_point{std::chrono::seconds{1'700'000'000}},
                      .after = digest::of("content"),
                      .size = 7,
                      .media_type = "text/plain"};
  if (!name.empty())
    entry.name = tag::parse(name).value();
  return {repository_name::parse(repository).value(), std::move(entry)};
}

/// The log alone. Any thread.
class sample_log final : public metadata_engine {
public:
  /// Adds a push with the next number, and tells of it.
  void add(std::string_view repository, std::string_view name) {
    {
      const std::lock_guard lock{mutex_};
      changes_.push_back(pushed(++last_, repository, name));
    }
    tell();
  }
  /// Forgets the changes up to a number.
  void trim(std::uint64_t number) {
    const std::lock_guard lock{mutex_};
    std::erase_if(changes_, [number](const auto& each) { return each.entry.sequence <= number; });
  }
  std::size_t listeners() const {
    const std::lock_guard lock{mutex_};
    return told_.size();
  }

  void list_changes(const change_query& query, completion<change_page> done) const override {
    change_page page{.items = {}, .next = query.after};
    {
      const std::lock_guard lock{mutex_};
      if (query.after > last_) {
        page.next = last_;
        page.has_gap = true;
      } else {
        for (const auto& each : changes_)
          if (each.entry.sequence > query.after) {
            if (page.items.size() == query.limit) {
              page.more = true;
              break;
            }
            page.has_gap = page.has_gap || each.entry.sequence != page.next + 1;
            page.next = each.entry.sequence;
            page.items.push_back(each);
          }
        if (!page.more) {
          page.has_gap = page.has_gap || page.next != last_;
          page.next = last_;
        }
      }
    }
    done(std::move(page));
  }
  void on_change(const void* listener, std::function<void()> told) override {
    const std::lock_guard lock{mutex_};
    if (told)
      told_[listener] = std::move(told);
    else
      told_.erase(listener);
  }

  std::shared_ptr<repository_store> open(const repository_name&) override { return nullptr; }
  void contains(const repository_name&, completion<bool> done) const override { done(false); }
  void rename(const repository_name&, const repository_name&, std::shared_ptr<const tag_patterns>,
              completion<void> done) override {
    done(fail(errc::unavailable));
  }
  void list_repositories(const page_request&,
                         completion<page<repository_name>> done) const override {
    done(page<repository_name>{});
  }
  void list_linking(const digest&, const page_request&,
                    completion<page<repository_name>> done) const override {
    done(page<repository_name>{});
  }
  void repository_count(completion<std::size_t> done) const override { done(std::size_t{0}); }

private:
  void tell() {
    const std::lock_guard lock{mutex_};
    for (const auto& each : told_)
      each.second();
  }

  mutable std::mutex mutex_;
  std::uint64_t last_ = 0;
  std::vector<logged_change> changes_;
  std::map<const void*, std::function<void()>> told_;
};

/// An endpoint that keeps what it gets. `answer(number)` is the status of the request with that
/// number, from 1; 0 breaks the connection.
class listener {
public:
  explicit listener(std::function<unsigned(std::size_t number)> answer = [](auto) { return 200U; })
    : answer_{std::move(answer)}, server_{[this](const std::string& request) {
        return take(request);
      }} {}

  std::string url() const { return server_.url() + "/event"; }

  /// Waits for so many requests, and returns all.
  std::vector<std::string> wait(std::size_t count) {
    std::unique_lock lock{mutex_};
    if (!changed_.wait_for(lock, std::chrono::seconds{20},
                           [&] { return requests_.size() >= count; }))
      throw std::runtime_error{"there are only " + std::to_string(requests_.size()) + " requests"};
    return requests_;
  }
  std::size_t size() const {
    const std::lock_guard lock{mutex_};
    return requests_.size();
  }

private:
  std::string take(const std::string& request) {
    std::size_t number = 0;
    {
      const std::lock_guard lock{mutex_};
      requests_.push_back(request);
      number = requests_.size();
      changed_.notify_all();
    }
    const auto status = answer_(number);
    if (status == 0)
      return {};
    return "HTTP/1.1 " + std::to_string(status) + " x\r\nContent-Length: 0\r\n\r\n";
  }

  std::function<unsigned(std::size_t)> answer_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> requests_;
  scripted_server server_;
};

inline boost::json::value body_in(const std::string& request) {
  return boost::json::parse(request.substr(request.find("\r\n\r\n") + 4));
}

/// `push team/app:1` of each event of an envelope.
inline std::vector<std::string> lines_in(const std::string& request) {
  std::vector<std::string> lines;
  const auto body = body_in(request);
  for (const auto& each : body.at("events").as_array()) {
    const auto& about = each.at("target").as_object();
    auto line = std::string{each.at("action").as_string()} + ' ' +
                std::string{about.at("repository").as_string()};
    if (const auto* name = about.if_contains("tag"))
      line += ':' + std::string{name->as_string()};
    lines.push_back(std::move(line));
  }
  return lines;
}

inline webhooks::event_source sample_source() {
  return {.url = "https://registry.example/prefix",
          .host = "registry.example",
          .address = "127.0.0.1:4775",
          .instance = "ab12"};
}

} // namespace gantry::test
