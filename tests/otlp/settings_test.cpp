// OpenTelemetry's variables.
#include "otlp/settings.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <map>
#include <ostream>
#include <stdexcept>
#include <string>
#include <string_view>

using namespace gantry::otlp;
using namespace std::chrono_literals;
using kind = gantry::telemetry::sampler::kind;

namespace {

using environment = std::map<std::string, std::string, std::less<>>;

variables of(const environment& all) {
  return [&all](std::string_view name) {
    const auto found = all.find(name);
    return found == all.end() ? std::nullopt : std::optional<std::string_view>{found->second};
  };
}

chosen read_all(const environment& all) {
  return gantry::otlp::read(of(all));
}

/// With an endpoint, so that the others matter.
gantry::otlp::settings read_with(environment all) {
  all.try_emplace("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318");
  return read_all(all).values;
}

std::string refusal_of(environment all) {
  try {
    static_cast<void>(read_with(std::move(all)));
  } catch (const std::invalid_argument& wrong) {
    return wrong.what();
  }
  return {};
}

struct mistake {
  const char* variable;
  const char* value;
  friend std::ostream& operator<<(std::ostream& out, const mistake& row) {
    return out << row.variable << "=" << row.value;
  }
};

const mistake mistakes[] = {
  {"OTEL_SDK_DISABLED", "maybe"},
  {"OTEL_TRACES_EXPORTER", "zipkin"},
  {"OTEL_TRACES_EXPORTER", "otlp,console"},
  {"OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318"},
  {"OTEL_EXPORTER_OTLP_ENDPOINT", "http://"},
  {"OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:0"},
  {"OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318/?a=b"},
  {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "grpc://collector:4317"},
  {"OTEL_EXPORTER_OTLP_PROTOCOL", "http/xml"},
  {"OTEL_EXPORTER_OTLP_TIMEOUT", "10s"},
  {"OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "0"},
  {"OTEL_EXPORTER_OTLP_TIMEOUT", "-1"},
  {"OTEL_TRACES_SAMPLER", "sometimes"},
  {"OTEL_TRACES_SAMPLER", "parentbased_jaeger_remote"},
  {"OTEL_BSP_MAX_QUEUE_SIZE", "0"},
  {"OTEL_BSP_MAX_QUEUE_SIZE", "many"},
  {"OTEL_BSP_SCHEDULE_DELAY", "0"},
  {"OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "0"},
  {"OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "2049"},
  {"OTEL_RESOURCE_ATTRIBUTES", "team"},
  {"OTEL_RESOURCE_ATTRIBUTES", "team=%ff"},
  {"OTEL_SERVICE_NAME", "\xff"},
};

} // namespace

BOOST_AUTO_TEST_SUITE(settings)

BOOST_AUTO_TEST_CASE(without_an_endpoint_nothing_is_on) {
  BOOST_TEST(!read_all({}).values.is_on());
  BOOST_TEST(!read_all({{"OTEL_EXPORTER_OTLP_ENDPOINT", ""}}).values.is_on());
  BOOST_TEST(!read_all({{"OTEL_TRACES_SAMPLER", "nonsense"}}).values.is_on());
}

BOOST_AUTO_TEST_CASE(the_common_endpoint_gets_the_path_of_traces) {
  const auto endpoint_for = [](std::string text) {
    return read_all({{"OTEL_EXPORTER_OTLP_ENDPOINT", std::move(text)}}).values.endpoint;
  };
  BOOST_TEST(endpoint_for("http://collector:4318") == "http://collector:4318/v1/traces");
  BOOST_TEST(endpoint_for("https://collector/otlp/") == "https://collector/otlp/v1/traces");
  BOOST_TEST(endpoint_for(" http://[::1]:4318/ ") == "http://[::1]:4318/v1/traces");
}

BOOST_AUTO_TEST_CASE(the_endpoint_of_traces_is_used_as_it_is_and_wins) {
  const auto values = read_all({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://other:4318"},
                                {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "http://own:9/here?x=1"}})
                        .values;
  BOOST_TEST(values.endpoint == "http://own:9/here?x=1");
}

BOOST_AUTO_TEST_CASE(none_and_disabled_win) {
  const environment on{{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318"}};
  auto none = on;
  none["OTEL_TRACES_EXPORTER"] = "none";
  none["OTEL_TRACES_SAMPLER"] = "nonsense";
  BOOST_TEST(!read_all(none).values.is_on());
  auto disabled = on;
  disabled["OTEL_SDK_DISABLED"] = "True";
  disabled["OTEL_TRACES_EXPORTER"] = "nonsense";
  BOOST_TEST(!read_all(disabled).values.is_on());
  auto enabled = on;
  enabled["OTEL_SDK_DISABLED"] = "false";
  BOOST_TEST(read_all(enabled).values.is_on());
}

BOOST_AUTO_TEST_CASE(an_exporter_without_an_endpoint_has_the_usual_one) {
  BOOST_TEST(read_all({{"OTEL_TRACES_EXPORTER", "otlp"}}).values.endpoint ==
             "http://localhost:4318/v1/traces");
}

BOOST_AUTO_TEST_CASE(defaults_are_those_of_opentelemetry) {
  const auto values = read_with({});
  BOOST_CHECK(values.timeout == 10s);
  BOOST_CHECK(values.delay == 5s);
  BOOST_TEST(values.limits.queue == 2048U);
  BOOST_TEST(values.limits.batch == 512U);
  BOOST_CHECK(values.which.own == kind::always_on);
  BOOST_TEST(values.which.follows_parent);
  BOOST_CHECK(values.resource == (text_pairs{{"service.name", "gantry"}}));
}

BOOST_AUTO_TEST_CASE(all_variables_are_read) {
  const auto values = read_with({{"OTEL_EXPORTER_OTLP_HEADERS", "api-key=a%20b,x=1"},
                                 {"OTEL_EXPORTER_OTLP_TIMEOUT", "1500"},
                                 {"OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"},
                                 {"OTEL_EXPORTER_OTLP_CERTIFICATE", "/etc/ca.pem"},
                                 {"OTEL_BSP_MAX_QUEUE_SIZE", "100"},
                                 {"OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "10"},
                                 {"OTEL_BSP_SCHEDULE_DELAY", "20"},
                                 {"OTEL_TRACES_SAMPLER", "traceidratio"},
                                 {"OTEL_TRACES_SAMPLER_ARG", "0.25"}});
  BOOST_CHECK(values.headers == (text_pairs{{"api-key", "a b"}, {"x", "1"}}));
  BOOST_CHECK(values.timeout == 1500ms);
  BOOST_TEST(values.authorities == "/etc/ca.pem");
  BOOST_TEST(values.limits.queue == 100U);
  BOOST_TEST(values.limits.batch == 10U);
  BOOST_CHECK(values.delay == 20ms);
  BOOST_CHECK(values.which.own == kind::ratio);
  BOOST_TEST(values.which.ratio == 0.25);
  BOOST_TEST(!values.which.follows_parent);
}

BOOST_AUTO_TEST_CASE(a_small_queue_has_small_batches) {
  BOOST_TEST(read_with({{"OTEL_BSP_MAX_QUEUE_SIZE", "7"}}).limits.batch == 7U);
}

BOOST_AUTO_TEST_CASE(a_variable_for_traces_alone_wins) {
  const auto values = read_with({{"OTEL_EXPORTER_OTLP_TIMEOUT", "1"},
                                 {"OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "2"},
                                 {"OTEL_EXPORTER_OTLP_HEADERS", "a=1"},
                                 {"OTEL_EXPORTER_OTLP_TRACES_HEADERS", "b=2"}});
  BOOST_CHECK(values.timeout == 2ms);
  BOOST_CHECK(values.headers == (text_pairs{{"b", "2"}}));
}

BOOST_AUTO_TEST_CASE(each_sampler_has_its_name) {
  const auto sampler_for = [](const char* name) {
    return read_with({{"OTEL_TRACES_SAMPLER", name}}).which;
  };
  BOOST_CHECK(sampler_for("always_on").own == kind::always_on);
  BOOST_CHECK(sampler_for("always_off").own == kind::always_off);
  BOOST_TEST(sampler_for("traceidratio").ratio == 1);
  BOOST_CHECK(sampler_for("parentbased_always_off").own == kind::always_off);
  BOOST_CHECK(sampler_for("parentbased_traceidratio").own == kind::ratio);
  for (const auto* name : {"always_on", "always_off", "traceidratio"})
    BOOST_TEST(!sampler_for(name).follows_parent, name);
  for (const auto* name :
       {"parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio"})
    BOOST_TEST(sampler_for(name).follows_parent, name);
}

BOOST_AUTO_TEST_CASE(a_ratio_is_a_number_from_0_to_1) {
  for (const auto* text : {"1.1", "-0.1", "nan", "half", "0.5x", "inf"})
    BOOST_TEST(
      refusal_of({{"OTEL_TRACES_SAMPLER", "traceidratio"}, {"OTEL_TRACES_SAMPLER_ARG", text}})
        .starts_with("OTEL_TRACES_SAMPLER_ARG is '" + std::string{text} + "', "),
      text);
  // Without such a sampler it has no meaning.
  BOOST_TEST(refusal_of({{"OTEL_TRACES_SAMPLER_ARG", "half"}}) == "");
}

BOOST_AUTO_TEST_CASE(the_service_has_a_name_of_its_own_first) {
  const auto values = read_with(
    {{"OTEL_SERVICE_NAME", "mirror"}, {"OTEL_RESOURCE_ATTRIBUTES", "service.name=x,zone=a%20b"}});
  BOOST_CHECK(values.resource == (text_pairs{{"service.name", "mirror"}, {"zone", "a b"}}));
  BOOST_CHECK(read_with({{"OTEL_RESOURCE_ATTRIBUTES", "service.name=x"}}).resource ==
              (text_pairs{{"service.name", "x"}}));
}

BOOST_DATA_TEST_CASE(a_malformed_variable_is_named, mistakes, row) {
  const auto said = refusal_of({{row.variable, row.value}});
  BOOST_TEST(said.starts_with(row.variable), said);
  BOOST_TEST(said.find('\n') == std::string::npos);
}

BOOST_AUTO_TEST_CASE(secrets_are_not_repeated) {
  const auto fields = refusal_of({{"OTEL_EXPORTER_OTLP_HEADERS", "key=s3cret,half"}});
  BOOST_TEST(fields.starts_with("OTEL_EXPORTER_OTLP_HEADERS is not a list"));
  BOOST_TEST(fields.find("s3cret") == std::string::npos);
  const auto address = refusal_of({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://me:s3cret@collector"}});
  BOOST_TEST(address.starts_with("OTEL_EXPORTER_OTLP_ENDPOINT has a user"));
  BOOST_TEST(address.find("s3cret") == std::string::npos);
  for (const auto* text : {"host=other", "a b=1", "a=1%0d%0ab: 2"})
    BOOST_TEST(refusal_of({{"OTEL_EXPORTER_OTLP_HEADERS", text}}) != "", text);
}

BOOST_AUTO_TEST_CASE(protobuf_gets_a_warning_and_json) {
  const auto made = read_all({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318"},
                              {"OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"}});
  BOOST_TEST(made.values.is_on());
  BOOST_TEST_REQUIRE(made.warnings.size() == 1U);
  BOOST_TEST(made.warnings[0].starts_with("OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf is not"));
}

BOOST_AUTO_TEST_CASE(grpc_gets_a_warning_and_nothing_is_sent) {
  const auto made = read_all({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4317"},
                              {"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "grpc"}});
  BOOST_TEST(!made.values.is_on());
  BOOST_TEST_REQUIRE(made.warnings.size() == 1U);
  BOOST_TEST(made.warnings[0].starts_with("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=grpc is not"));
}

BOOST_AUTO_TEST_CASE(what_has_no_effect_gets_a_warning) {
  const auto made = read_all({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318"},
                              {"OTEL_EXPORTER_OTLP_COMPRESSION", "gzip"},
                              {"OTEL_EXPORTER_OTLP_CLIENT_KEY", "/key"}});
  BOOST_TEST(made.values.is_on());
  BOOST_TEST(made.warnings.size() == 2U);
  BOOST_TEST(read_all({{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318"},
                       {"OTEL_EXPORTER_OTLP_COMPRESSION", "none"}})
               .warnings.empty());
}

BOOST_AUTO_TEST_CASE(what_is_set_is_listed_without_secrets) {
  const environment all{{"OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318"},
                        {"OTEL_EXPORTER_OTLP_HEADERS", "key=s3cret"},
                        {"OTEL_EXPORTER_OTLP_TRACES_HEADERS", "key=s3cret"},
                        {"OTEL_SERVICE_NAME", "mirror"},
                        {"OTHER", "1"}};
  const std::vector<std::string> expected{
    "OTEL_EXPORTER_OTLP_ENDPOINT: http://collector:4318", "OTEL_SERVICE_NAME: mirror",
    "OTEL_EXPORTER_OTLP_HEADERS: not shown, may be a secret",
    "OTEL_EXPORTER_OTLP_TRACES_HEADERS: not shown, may be a secret"};
  BOOST_TEST(describe(of(all)) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
