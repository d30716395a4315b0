// A registry with users and a policy.
#pragma once

#include "auth/bcrypt.hpp"
#include "base/base64.hpp"
#include "support/registry_fixture.hpp"
#include "support/temp_dir.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <string>
#include <string_view>

namespace gantry::test {

/// The password of each user is its name.
inline header_list as(const std::string& user) {
  return {{"Authorization", "Basic " + to_base64(user + ":" + user)}};
}
inline const header_list anonymous{};
inline header_list bearer(const std::string& token) {
  return {{"Authorization", "Bearer " + token}};
}

/// The users `root`, who may do everything, `alice`, `bob` and `carol`.
class policy_registry {
public:
  /// `rules` follow that of root: lines of YAML, each with `- `.
  explicit policy_registry(const std::string& rules,
                           const std::function<void(app::registry_options&)>& adjust = {})
    : server_{[&, this](app::registry_options& settings) {
        std::string users;
        for (const std::string name : {"root", "alice", "bob", "carol"})
          users += name + ":" + auth::make_bcrypt(name, 4) + "\n";
        settings.htpasswd = folder_.write("htpasswd", users).string();
        set_rules(rules);
        settings.policy_file = (folder_.path() / "policy.yml").string();
        if (adjust)
          adjust(settings);
      }} {}

  /// Counts within a second.
  void set_rules(const std::string& rules) const {
    folder_.write("policy.yml", "version: 1\nrules:\n- {allow: \"*\", users: root}\n" + rules);
  }
  void set_file(const std::string& text) const { folder_.write("policy.yml", text); }
  running_registry& server() noexcept { return server_; }

private:
  temp_dir folder_;
  running_registry server_;
};

/// Pushes as root.
inline void push_manifest_as_root(registry_client& client, std::string_view repository,
                                  std::string_view reference, std::string_view bytes) {
  const auto fields = with(as("root"), {{"Content-Type", types::index}});
  BOOST_REQUIRE(client.put(manifest_path(repository, reference), fields, bytes).status == 201);
}

inline std::string push_blob_as_root(registry_client& client, std::string_view repository,
                                     std::string_view bytes) {
  const auto digest = sha256(bytes);
  const auto target = uploads_path(repository) + "?digest=" + digest;
  BOOST_REQUIRE(client.post(target, as("root"), bytes).status == 201);
  return digest;
}

} // namespace gantry::test
