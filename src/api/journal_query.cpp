#include "api/journal_query.hpp"

#include "api/error_table.hpp"
#include "api/operations.hpp"
#include "base/text.hpp"
#include "domain/repository_name.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace gantry::api {

namespace {

using std::chrono::milliseconds;

error wrong(std::string_view parameter, std::string_view text, std::string_view allowed) {
  std::string detail{parameter};
  detail.append(": '").append(text.substr(0, 64)).append("' is not ").append(allowed);
  return fail(errc::request_invalid, detail);
}

result<std::uint64_t> read_number(std::string_view parameter, std::string_view text,
                                  std::uint64_t least, std::uint64_t most) {
  const auto number = whole_number(text);
  if (!number || *number < least || *number > most)
    return wrong(parameter, text,
                 "a number from " + std::to_string(least) + " to " + std::to_string(most));
  return *number;
}

/// `500ms` or `2s`.
result<milliseconds> read_timeout(std::string_view parameter, std::string_view text) {
  const bool is_fine = text.ends_with("ms");
  const auto digits =
    text.substr(0, text.size() - std::min<std::size_t>(is_fine ? 2 : 1, text.size()));
  const auto number = whole_number(digits);
  const auto most = static_cast<std::uint64_t>(max_journal_wait.count());
  const std::uint64_t unit = is_fine ? 1 : 1000;
  if (!number || !text.ends_with('s') || *number > most / unit)
    return wrong(parameter, text, "a duration such as 500ms or 2s, of at most 60s");
  return milliseconds{*number * unit};
}

result<std::string> read_method(std::string_view parameter, std::string_view text) {
  const bool is_method =
    !text.empty() && std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
  if (!is_method)
    return wrong(parameter, text, "a method in capitals, such as GET");
  return std::string{text};
}

result<std::string> read_operation(std::string_view parameter, std::string_view text) {
  if (std::ranges::find(operations(), text, &operation::name) == operations().end())
    return wrong(parameter, text, "an operation, such as get_manifest or put_manifest");
  return std::string{text};
}

result<std::string> read_repository(std::string_view parameter, std::string_view text) {
  if (!repository_name::parse(text))
    return wrong(parameter, text, "the name of a repository, such as library/alpine");
  return std::string{text};
}

result<std::string> read_path(std::string_view parameter, std::string_view text) {
  if (text.empty())
    return wrong(parameter, text, "a part of a path, such as /manifests/");
  return std::string{text};
}

result<std::string> read_text(std::string_view parameter, std::string_view text) {
  if (text.empty())
    return wrong(parameter, text, "a text: leave the parameter out to match all");
  return std::string{text};
}

result<journal::status_range> read_status(std::string_view parameter, std::string_view text) {
  const auto status = journal::parse_status(text);
  if (!status)
    return wrong(parameter, text, "a status such as 404, or a class such as 4xx");
  return *status;
}

/// Reads one parameter after the other into its member; keeps the first error.
class reader {
public:
  explicit reader(const parameter_source& from) : from_{from} {}

  /// Keeps the member if the parameter is absent.
  template <class Member, class Parse>
  void read(std::string_view parameter, Member& member, Parse parse) {
    if (failed_)
      return;
    const auto text = from_(parameter);
    if (!text) {
      failed_ = text.error();
    } else if (*text) {
      auto value = parse(parameter, std::string_view{**text});
      if (value)
        member = std::move(*value);
      else
        failed_ = std::move(value).error();
    }
  }

  const std::optional<error>& failed() const noexcept { return failed_; }

private:
  const parameter_source& from_;
  std::optional<error> failed_;
};

auto number_from(std::uint64_t least, std::uint64_t most) {
  return [least, most](std::string_view parameter, std::string_view text) {
    return read_number(parameter, text, least, most);
  };
}

} // namespace

result<std::uint64_t> read_sequence(std::string_view parameter, std::string_view text) {
  return read_number(parameter, text, 0, std::numeric_limits<std::int64_t>::max());
}

result<journal_query> read_journal_query(const parameter_source& from, std::size_t capacity) {
  journal_query made;
  std::optional<std::uint64_t> since;
  reader values{from};
  values.read("method", made.which.method, read_method);
  values.read("operation", made.which.operation, read_operation);
  values.read("repository", made.which.repository, read_repository);
  values.read("path", made.which.path, read_path);
  values.read("status", made.which.status, read_status);
  values.read("user_agent", made.which.user_agent, read_text);
  values.read("fault", made.which.fault, read_text);
  values.read("since", since, read_sequence);
  values.read("n", made.most, number_from(1, max_journal_page));
  values.read("count", made.count, number_from(1, std::min(capacity, max_journal_page)));
  values.read("timeout", made.timeout, read_timeout);
  if (values.failed())
    return *values.failed();
  made.has_since = since.has_value();
  made.which.since = since.value_or(0);
  return made;
}

result<journal_query> read_journal_query(const http::query_parameters& query,
                                         std::size_t capacity) {
  return read_journal_query(
    [&query](std::string_view parameter) { return lift(query.first(parameter)); }, capacity);
}

} // namespace gantry::api
