// Reading blobs: whole, in part and conditionally.
#include "support/registry_fixture.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <ostream>
#include <string>
#include <vector>

using namespace gantry::test;
using namespace std::string_literals;

namespace {

const std::string sample = noise(2048);

struct sample_blob : registry_case {
  std::string id = client.push_blob("read/sample", sample);
  std::string target = blob_path("read/sample", id);
};

struct range_case {
  const char* range;
  int status;
  std::size_t first = 0;
  std::size_t last = 0;
};

std::ostream& operator<<(std::ostream& out, const range_case& row) {
  return out << '"' << row.range << '"';
}

const std::vector<range_case> ranges{
  {"bytes=500-1499", 206, 500, 1499},   // case 70
  {"bytes=0-0", 206, 0, 0},             // case 70
  {"bytes=500-", 206, 500, 2047},       // case 71
  {"bytes=0-", 206, 0, 2047},           // case 71
  {"bytes=-500", 206, 1548, 2047},      // case 72
  {"bytes=-5000", 206, 0, 2047},        // case 72
  {"bytes=2000-5000", 206, 2000, 2047}, // case 73
  {"bytes=500-0", 416},                 // case 74
  {"bytes=5000-10000", 416},            // case 75
  {"bytes=2048-", 416},                 // case 75
  {"nibbles=1-2", 200},                 // case 76
  {"bytes=x-y", 416},                   // case 76
  {"bytes=", 416},                      // case 77
  {"bytes=-", 416},                     // case 77
  {"bytes=a-b", 416},                   // case 77
  {"bytes=5-2", 416},                   // case 77
  {"bytes=-0", 416},                    // case 77
  {"bytes=99999999999999999999-", 416}, // case 77
};

/// One part of a multipart/byteranges body.
struct part {
  std::string head;
  std::string body;
};

std::vector<part> parts_of(const http_response& response) {
  const std::string type = response.header("Content-Type");
  const std::string prefix = "multipart/byteranges; boundary=";
  BOOST_REQUIRE(type.starts_with(prefix));
  const auto boundary = type.substr(prefix.size());
  BOOST_REQUIRE(!boundary.empty());
  BOOST_TEST(boundary.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                        "0123456789:") == std::string::npos);
  std::vector<part> parts;
  const auto delimiter = "--" + boundary;
  auto at = response.body.find(delimiter);
  while (at != std::string::npos) {
    at += delimiter.size();
    if (response.body.compare(at, 2, "--") == 0)
      return parts;
    BOOST_REQUIRE(response.body.compare(at, 2, "\r\n") == 0);
    const auto blank = response.body.find("\r\n\r\n", at);
    const auto next = response.body.find("\r\n" + delimiter, blank + 4);
    BOOST_REQUIRE(next != std::string::npos);
    parts.push_back({response.body.substr(at + 2, blank - at),
                     response.body.substr(blank + 4, next - blank - 4)});
    at = next + 2;
  }
  BOOST_FAIL("the closing delimiter is missing");
  return parts;
}

void check_blob_headers(const http_response& response, const std::string& id, std::size_t size) {
  BOOST_TEST(response.status == 200);
  BOOST_TEST(response.header("Content-Length") == std::to_string(size));
  BOOST_TEST(response.header("Docker-Content-Digest") == id);
  BOOST_TEST(response.header("Content-Type") == "application/octet-stream");
  BOOST_TEST(response.header("Accept-Ranges") == "bytes");
  BOOST_TEST(response.header("ETag") == '"' + id + '"');
  BOOST_TEST(response.header("Cache-Control") ==
             "public, max-age=31536000, immutable, no-transform");
  BOOST_TEST(response.header("Docker-Distribution-Api-Version") == "registry/2.0");
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(blob_read, sample_blob, *boost::unit_test::fixture<shared_registry>())

// case 61
BOOST_AUTO_TEST_CASE(an_absent_blob_is_unknown) {
  const auto absent = digest_of_nothing();
  for (const auto* repository : {"read/sample", "read/no-such"}) {
    const auto response =
      expect_error(client, {"GET", blob_path(repository, absent)}, 404, "BLOB_UNKNOWN");
    BOOST_TEST(response.body.find(absent) != std::string::npos);
    const auto head = client.head(blob_path(repository, absent));
    BOOST_TEST(head.status == 404);
    BOOST_TEST(head.header("Content-Length") == response.header("Content-Length"));
  }
  BOOST_TEST(client.get("/v2/").status == 200);
}

// case 62
BOOST_DATA_TEST_CASE_F(registry_case, a_malformed_digest_is_refused,
                       boost::unit_test::data::make(std::vector<std::string>{
                         "sha256:asd", "sha257:" + std::string(64, 'a'),
                         "sha256:" + std::string(64, 'A'), "sha256:" + std::string(63, 'a'),
                         "sha256:" + std::string(65, 'a'), "sha512:" + std::string(64, 'a'),
                         "sha256:" + std::string(64, 'g'), "sha256", "latest", "sha256:"}),
                       text) {
  expect_error(client, {"GET", blob_path("read/sample", text)}, 400, "DIGEST_INVALID");
  BOOST_TEST(client.head(blob_path("read/sample", text)).status == 400);
  BOOST_TEST(client.get("/v2/").status == 200);
}

// case 63
BOOST_AUTO_TEST_CASE(a_blob_without_a_repository_is_nowhere) {
  const auto response = client.get("/v2/blobs/sha256:asd");
  BOOST_TEST((response.status == 400 || response.status == 404));
  check_error(response, response.status, "");
}

// case 64
BOOST_AUTO_TEST_CASE(a_head_describes_the_blob_without_its_bytes) {
  check_blob_headers(client.head(target), id, sample.size());
  BOOST_TEST(client.get("/v2/").status == 200);
}

// case 65
BOOST_AUTO_TEST_CASE(a_get_returns_the_exact_bytes) {
  const auto response = client.get(target);
  check_blob_headers(response, id, sample.size());
  BOOST_TEST((response.body == sample));
}

// cases 66, 67, 68
BOOST_DATA_TEST_CASE_F(registry_case, blobs_of_odd_contents_survive,
                       boost::unit_test::data::make(std::vector<std::string>{
                         "", "{}", std::string(1024, '\0'), noise(3'000'000, 7)}),
                       bytes) {
  const auto pushed = client.push_blob("read/odd", bytes);
  const auto response = client.get(blob_path("read/odd", pushed));
  check_blob_headers(response, pushed, bytes.size());
  BOOST_TEST((response.body == bytes));
}

// case 69
BOOST_AUTO_TEST_CASE(a_known_etag_saves_the_bytes) {
  const auto etag = '"' + id + '"';
  for (const auto& known : {etag, "W/" + etag, "\"other\", " + etag, std::string{"*"}}) {
    const auto response = client.get(target, {{"If-None-Match", known}});
    BOOST_TEST(response.status == 304);
    BOOST_TEST(response.header("ETag") == etag);
    BOOST_TEST(client.head(target, {{"If-None-Match", known}}).status == 304);
  }
  BOOST_TEST(client.get(target, {{"If-None-Match", "\"other\""}}).status == 200);
}

// cases 70, 71, 72, 73, 74, 75, 76, 77
BOOST_DATA_TEST_CASE_F(sample_blob, a_range_is_served_clamped_or_refused,
                       boost::unit_test::data::make(ranges), row) {
  const auto response = client.get(target, {{"Range", row.range}});
  BOOST_REQUIRE_EQUAL(response.status, row.status);
  if (row.status == 200) {
    BOOST_TEST((response.body == sample));
  } else if (row.status == 416) {
    check_error(response, 416, "RANGE_INVALID");
    BOOST_TEST(response.header("Content-Range") == "bytes */2048");
  } else {
    BOOST_TEST((response.body == sample.substr(row.first, row.last - row.first + 1)));
    BOOST_TEST(response.header("Content-Range") ==
               "bytes " + std::to_string(row.first) + '-' + std::to_string(row.last) + "/2048");
    BOOST_TEST(response.header("Content-Length") == std::to_string(response.body.size()));
    BOOST_TEST(response.header("Docker-Content-Digest") == id);
  }
  BOOST_TEST(client.get("/v2/").status == 200);
}

// case 77
BOOST_AUTO_TEST_CASE(a_range_without_a_unit_is_ignored_or_refused) {
  for (const auto* range : {"=0-1", "bytes 0-1", "0-1"}) {
    const auto response = client.get(target, {{"Range", range}});
    BOOST_TEST((response.status == 200 || response.status == 416));
    BOOST_TEST((response.status == 416 || response.body == sample));
  }
}

// case 78
BOOST_AUTO_TEST_CASE(several_ranges_come_as_parts_in_the_requested_order) {
  const auto response = client.get(target, {{"Range", "bytes=100-199, 0-1,5-6,-3"}});
  BOOST_TEST(response.status == 206);
  BOOST_TEST(response.header("Content-Length") == std::to_string(response.body.size()));
  const auto parts = parts_of(response);
  BOOST_REQUIRE(parts.size() == 4U);
  const std::vector<std::pair<std::size_t, std::size_t>> asked{
    {100, 199}, {0, 1}, {5, 6}, {2045, 2047}};
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const auto [first, last] = asked[i];
    const auto header =
      "Content-Range: bytes " + std::to_string(first) + '-' + std::to_string(last) + "/2048\r\n";
    BOOST_TEST(parts[i].head.find(header) != std::string::npos);
    BOOST_TEST((parts[i].body == sample.substr(first, last - first + 1)));
  }
}

// case 78
BOOST_AUTO_TEST_CASE(ranges_outside_the_blob_are_left_out) {
  const auto response = client.get(target, {{"Range", "bytes=0-1,9000-9001"}});
  BOOST_TEST(response.status == 206);
  if (response.has("Content-Range"))
    BOOST_TEST((response.body == sample.substr(0, 2)));
  else
    BOOST_TEST((parts_of(response).at(0).body == sample.substr(0, 2)));
}

// case 79
BOOST_AUTO_TEST_CASE(the_largest_range_requests_of_clients_are_served) {
  for (const std::size_t size : {4'000U, 1'000'000U}) { // small blobs are stored elsewhere
    const auto bytes = noise(size, 79);
    const auto place = blob_path("read/parts", client.push_blob("read/parts", bytes));
    const auto step = size / 1024;
    std::string asked = "bytes=";
    for (std::size_t i = 0; i < 1024; ++i)
      asked += (i == 0 ? "" : ",") + std::to_string(i * step) + '-' + std::to_string(i * step + 1);
    const auto response = client.get(place, {{"Range", asked}});
    BOOST_REQUIRE_EQUAL(response.status, 206);
    const auto parts = parts_of(response);
    BOOST_REQUIRE(parts.size() == 1024U);
    for (std::size_t i = 0; i < parts.size(); ++i)
      BOOST_REQUIRE((parts[i].body == bytes.substr(i * step, 2)));
  }
}

// case 79: after a 400, containers/storage retries with half as many; after other statuses it does
// not.
BOOST_AUTO_TEST_CASE(a_flood_of_ranges_is_refused_in_few_words) {
  std::string many = "bytes=0-0";
  for (int i = 1; i < 1025; ++i)
    many += ',' + std::to_string(i) + '-' + std::to_string(i);
  for (const std::string& flood :
       {many, "bytes=0-,0-,0-,0-,0-"s, "bytes=0-9,1-10,2-11"s, "bytes=0-,0-0"s}) {
    const auto response =
      expect_error(client, {"GET", target, {{"Range", flood}}}, 400, "RANGE_INVALID");
    BOOST_TEST(response.body.size() < 300U);
    BOOST_TEST(!response.has("Content-Range"));
  }
  const std::string malformed = "bytes=" + std::string(20'000, 'x') + "-1";
  BOOST_TEST(client.get(target, {{"Range", malformed}}).body.size() < 300U);
}

// case 80
BOOST_AUTO_TEST_CASE(if_range_decides_between_part_and_whole) {
  const auto part = client.get(target, {{"Range", "bytes=0-9"}, {"If-Range", '"' + id + '"'}});
  BOOST_TEST(part.status == 206);
  BOOST_TEST((part.body == sample.substr(0, 10)));
  for (const auto* other : {"\"other\"", "Wed, 21 Oct 2015 07:28:00 GMT"}) {
    const auto whole = client.get(target, {{"Range", "bytes=0-9"}, {"If-Range", other}});
    BOOST_TEST(whole.status == 200);
    BOOST_TEST((whole.body == sample));
  }
}

// case 81
BOOST_AUTO_TEST_CASE(a_head_ignores_ranges) {
  check_blob_headers(client.head(target, {{"Range", "bytes=0-9"}}), id, sample.size());
  BOOST_TEST(client.get("/v2/").status == 200);
}

// case 81
BOOST_AUTO_TEST_CASE(an_empty_blob_has_no_ranges) {
  const auto empty = client.push_blob("read/empty", "");
  const auto response =
    expect_error(client, {"GET", blob_path("read/empty", empty), {{"Range", "bytes=0-0"}}}, 416,
                 "RANGE_INVALID");
  BOOST_TEST(response.header("Content-Range") == "bytes */0");
}

// case 82
BOOST_AUTO_TEST_CASE(a_blob_of_another_repository_is_unknown) {
  client.push_blob("read/neighbour", "something else");
  expect_error(client, {"GET", blob_path("read/neighbour", id)}, 404, "BLOB_UNKNOWN");
  BOOST_TEST(client.head(blob_path("read/neighbour", id)).status == 404);
}

// case 83
BOOST_AUTO_TEST_CASE(bytes_are_never_encoded_on_the_way) {
  const std::string compressible(100'000, 'a');
  const auto pushed = client.push_blob("read/plain", compressible);
  const auto response =
    client.get(blob_path("read/plain", pushed), {{"Accept-Encoding", "gzip, deflate, zstd"}});
  BOOST_TEST(response.status == 200);
  BOOST_TEST(!response.has("Content-Encoding"));
  BOOST_TEST((response.body == compressible));
}

// case 84
BOOST_AUTO_TEST_CASE(a_read_that_races_a_delete_gets_all_or_nothing) {
  const auto bytes = noise(4 * 1024 * 1024, 84);
  const auto place = blob_path("read/race", sha256(bytes));
  std::atomic<int> whole{0};
  std::atomic<int> torn{0};
  const auto read = [&](const std::atomic<bool>& stopping) {
    registry_client reading{shared_registry::get()};
    while (!stopping) {
      const auto response = reading.get(place);
      const bool complete = response.status == 200 && response.body == bytes;
      whole += complete ? 1 : 0;
      torn += complete || response.status == 404 ? 0 : 1;
    }
  };
  background first{read};
  background second{read};
  for (int round = 0; round < 15; ++round) {
    client.push_blob("read/race", bytes);
    const int before = whole;
    BOOST_TEST(eventually([&] { return whole > before; }));
    BOOST_TEST(client.erase(place).status == 202);
  }
  first.stop();
  second.stop();
  BOOST_TEST(torn == 0);
}

// case 84
BOOST_AUTO_TEST_CASE(a_read_in_progress_outlives_the_delete) {
  const auto bytes = noise(16 * 1024 * 1024, 85);
  const auto place = blob_path("read/outlives", client.push_blob("read/outlives", bytes));
  registry_client reading{shared_registry::get()};
  reading.send_head("GET", place);
  BOOST_TEST(eventually([&reading] { return !reading.silent(); }));
  BOOST_TEST(client.erase(place).status == 202);
  const auto response = reading.receive();
  BOOST_TEST(response.status == 200);
  BOOST_TEST((response.body == bytes));
}

BOOST_AUTO_TEST_SUITE_END()
