// Error messages for mistyped command lines.
#include "app/mistakes.hpp"

#include "app/typed_words.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <optional>
#include <ostream>
#include <string>
#include <variant>
#include <vector>

using namespace gantry::app;
using namespace gantry::test;

namespace {

struct mistake_row {
  std::vector<const char*> typed;
  const char* printed;

  friend std::ostream& operator<<(std::ostream& out, const mistake_row& row) {
    for (const auto* word : row.typed)
      out << '\'' << word << "' ";
    return out;
  }
};

const mistake_row rows[] = {
  {{},
   "a command is missing: one of serve, config, gc, garbage-collect, verify, backup, restore, "
   "import, export, "
   "user, token, cert, policy, "
   "record, tag, removed, purge, copy, repository, search, retention, webhook, status, bench, "
   "completion, "
   "manual, help, version; see gantry --help"},
  {{"srve"}, "unknown command 'srve'; did you mean serve? see gantry --help"},
  {{"srve", "--help"}, "unknown command 'srve'; did you mean serve? see gantry --help"},
  {{"help", "srve"}, "unknown command 'srve'; did you mean serve? see gantry --help"},
  {{"completion"},
   "completion: shell is missing: one of bash,fish,zsh; see gantry completion --help"},
  {{"completion", "bsh"}, "shell: 'bsh' is not one of bash,fish,zsh; did you mean bash?"},
  {{"--addr", ":0", "serve"}, "unknown option --addr: options follow a command; see gantry --help"},
  {{"bench"},
   "bench: a command is missing: one of push, pull, mixed, tags, catalog, mount-storm, resume, "
   "churn, zb, compare; see gantry bench --help"},
  {{"bench", "foo"}, "bench: unknown command 'foo'; see gantry bench --help"},
  {{"bench", "pul"}, "bench: unknown command 'pul'; did you mean pull? see gantry bench --help"},
  {{"serve", "--port", "8080"},
   "serve: unknown option --port; did you mean --addr? see gantry serve --help"},
  {{"serve", "--acces-log=text"},
   "serve: unknown option --acces-log; did you mean --access-log? see gantry serve --help"},
  {{"serve", "--memory", "1GiB"},
   "serve: unknown option --memory; did you mean --memory-limit? see gantry serve --help"},
  {{"serve", "--xyz"}, "serve: unknown option --xyz; see gantry serve --help"},
  {{"serve", "--data", "my", "folder", "name"},
   "serve: unexpected argument 'name': a value with spaces needs quotes; see gantry serve "
   "--help"},
  {{"serve", "--read-only="}, "FILE is empty: it needs the name of a file"},
  {{"serve", "--read-only=maybe"},
   "--read-only: 'maybe' is neither true nor false: omit the value to turn this on"},
  {{"serve", "/no/such/file"},
   "the configuration file /no/such/file cannot be read: No such file or directory"},
  {{"serve", "--data", "a", "--data", "b"}, "--data is given 2 times: once is enough"},
  {{"serve", "--data", ""}, "--data is empty: it needs a folder, such as /var/lib/registry"},
  {{"serve", "--data=", "--addr", ":1"},
   "--data is empty: it needs a folder, such as /var/lib/registry"},
  {{"serve", "--data", "--addr", ":1"},
   "--data needs a folder, such as /var/lib/registry: it is followed by '--addr'"},
  {{"serve", "--data"}, "--data needs a folder, such as /var/lib/registry"},
  {{"serve", "--data", "d", "--memory-limit", "1GB"}, "--data excludes --memory-limit: omit one"},
  {{"serve", "--seed", ""},
   "--seed is empty: it needs true, false, or a folder or file with content, such as content.yml"},
  {{"serve", "--memory-limit"}, "--memory-limit needs a size, such as 512MiB"},
  {{"serve", "--memory-limit", "-1"},
   "--memory-limit: '-1' is negative: write a whole number of bytes, with or without KiB, MiB, "
   "GiB or TiB, such as 512MiB, 1536MiB or 2GiB"},
  {{"serve", "--max-repositories", "-1"},
   "--max-repositories: '-1' is negative: write a whole number from 0 to 1000000000000000, such as "
   "10"},
  {{"serve", "--threads", "abc"},
   "--threads: 'abc' is not a number: write a whole number from 1 to 1024, such as 10"},
  {{"serve", "--upload-expiry", "1 hour"},
   "--upload-expiry: '1 hour' is not a duration: write a number with ms, s, m, h or d, or a number "
   "of seconds, such as 500ms, 30s or 1h"},
  {{"serve", "--page-default", "0"},
   "--page-default: '0' is too small: write a whole number from 1 to 1000000, such as 100"},
  {{"serve", "--page-default", "5000"},
   "--page-default: '5000' is more than --page-max: at most 1000, such as 1000"},
  {{"serve", "--access-log", "loud"},
   "--access-log: 'loud' is not one of json,off,text: write one of them, such as json"},
  {{"serve", "--access-log", "jsn"},
   "--access-log: 'jsn' is not one of json,off,text; did you mean json?"},
  {{"serve", "--prefix", "registry"},
   "--prefix: 'registry' is not a path that starts with a slash and does not end with one, such "
   "as /registry"},
  {{"gc"}, "gc: --data is missing: a folder, such as /var/lib/registry; see gantry gc --help"},
  {{"gc", "--dta", "d"}, "gc: unknown option --dta; did you mean --data? see gantry gc --help"},
  {{"verify", "--data", ""}, "--data is empty: it needs a folder, such as /var/lib/registry"},
  {{"import", "--data", "d"},
   "import: SOURCE is missing: oci:DIR[:NAME], docker-archive:FILE, registry:DIR or "
   "docker://HOST[/NAME[:TAG]]; see gantry import --help"},
  {{"import", "--data", "d", "docker-daemon:app"},
   "SOURCE: 'docker-daemon:app' is neither oci:DIR[:NAME] nor docker-archive:FILE nor "
   "registry:DIR nor docker://HOST[:PORT][/NAME[:TAG]]"},
  {{"import", "--data", "d", "docker://h/A"}, "SOURCE: 'A' is not the name of a repository"},
  {{"import", "--data", "d", "docker://h/a", "b"}, "NAME: images of a registry keep their names"},
  {{"import", "--data", "d", "--link", "oci:d"},
   "--link: only the files of registry:DIR can be linked"},
  {{"backup", "d"}, "--data: name the folder of the registry, or its configuration file"},
  {{"import", "--data", "d", "oci:d", "No Name"},
   "NAME[:TAG]: 'No Name' is not of the form repository[:tag], such as team/app:1.0"},
  {{"tag", "list", "app", "--sort", "-pushd"},
   "--sort: 'pushd' is not one of name,digest,size,platforms,pushed,pushed_by,pulled,pulls,"
   "referrers; did you mean pushed?"},
  {{"tag", "list"}, "tag list: REPOSITORY is missing: a value; see gantry tag list --help"},
  {{"repository", "list", "--sort", "--pulls"},
   "--sort needs one of name,tags,manifests,own_bytes,shared_bytes,pushed,pulled,pulls: it is "
   "followed by '--pulls'"},
  {{"repository", "list", "--limit", "0"},
   "--limit: '0' is too small: write a whole number from 1 to 1000000000000000, such as 10"},
  {{"search", "--lable", "a=b"},
   "search: unknown option --lable; did you mean --label? see gantry search --help"},
  {{"retention", "apply"},
   "retention apply: PLAN is missing: a value; see gantry retention apply --help"},
  {{"bench", "push"},
   "bench push: --url is missing: a URL, such as http://127.0.0.1:4775; see gantry bench push "
   "--help"},
  {{"bench", "push", "--url", "http://h", "--duration", "10x"},
   "--duration: '10x' is not a duration: write a number with ms, s, m, h or d, or a number of "
   "seconds, such as 500ms, 30s or 1h"},
  {{"bench", "push", "--url", "http://h", "--rate", "nan"},
   "--rate: 'nan' is not a number from 0.001 to 1e+07: write one such as 0.5 or 100"},
  {{"bench", "push", "--url", "http://h", "--output", ""},
   "--output is empty: it needs the name of a file"},
};

std::string printed(const std::vector<const char*>& typed) {
  const auto parsed = parse(typed);
  const auto* message = std::get_if<message_command>(&parsed);
  BOOST_REQUIRE(message);
  BOOST_TEST(message->exit_code == 2);
  return message->text;
}

/// Sets a value for the duration of the case.
struct variable {
  variable(const char* called, const char* value) : name{called} { ::setenv(name, value, 1); }
  ~variable() { ::unsetenv(name); }
  variable(const variable&) = delete;
  variable& operator=(const variable&) = delete;
  const char* name;
};

} // namespace

BOOST_AUTO_TEST_SUITE(mistakes)

BOOST_DATA_TEST_CASE(a_mistake_is_explained_with_the_right_form,
                     boost::unit_test::data::make(rows)) {
  BOOST_TEST(printed(sample.typed) == "gantry: " + std::string{sample.printed} + "\n");
}

BOOST_AUTO_TEST_CASE(a_mistake_in_the_environment_names_the_variable) {
  {
    const variable address{"REGISTRY_HTTP_ADDR", "nonsense"};
    BOOST_TEST(printed({"serve"}).starts_with("gantry: REGISTRY_HTTP_ADDR: 'nonsense' "));
    BOOST_TEST(std::holds_alternative<serve_command>(parse({"serve", "--addr", ":1"})));
  }
  const variable folder{"REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY", "/srv"};
  BOOST_TEST(printed({"serve", "--memory-limit", "1GiB"}) ==
             "gantry: REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY excludes --memory-limit: omit "
             "one\n");
}

BOOST_AUTO_TEST_CASE(an_empty_variable_is_not_an_absent_one) {
  {
    const variable folder{"REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY", ""};
    BOOST_TEST(printed({"serve"}) ==
               "gantry: REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY is empty: unset it, or set it to "
               "a folder, such as /var/lib/registry\n");
    BOOST_TEST(std::holds_alternative<serve_command>(parse({"serve", "--data", "d"})));
  }
  const variable address{"REGISTRY_HTTP_ADDR", ""};
  BOOST_TEST(printed({"serve"}).starts_with("gantry: REGISTRY_HTTP_ADDR is empty: "));
}

BOOST_AUTO_TEST_CASE(names_of_other_programs_suggest_ours) {
  const std::vector<std::string> names{"serve", "verify", "gc", "--data", "--memory-limit"};
  BOOST_TEST(nearest("sevre", names) == "serve");
  BOOST_TEST(nearest("--volume", names) == "--data");
  BOOST_TEST(nearest("fsck", names) == "verify");
  BOOST_TEST(nearest("--port", names).empty());
}

BOOST_AUTO_TEST_SUITE_END()
