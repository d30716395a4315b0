// Blobs in chunks: streams, Content-Range, resumption, broken connections and size limits.
#include "support/registry_fixture.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <vector>

using namespace gantry::test;

namespace {

/// An open upload and the steps on it.
struct open_upload : registry_case {
  std::string location = client.start_upload("chunks/case");

  http_response append(std::string_view bytes) { return client.patch(location, {}, bytes); }
  http_response append_at(const std::string& range, std::string_view bytes) {
    return client.patch(location, {{"Content-Range", range}}, bytes);
  }
  http_response finish(std::string_view whole, std::string_view rest = {}) {
    return client.put(digest_query(location, sha256(whole)), {}, rest);
  }
  /// Expects a 416 with the current offset; the upload is unchanged.
  void check_out_of_order(const http_response& response, const std::string& range) {
    check_error(response, 416, "RANGE_INVALID");
    BOOST_TEST(response.header("Range") == range);
    BOOST_TEST(path_of(response.header("Location")) == location);
    BOOST_TEST(client.get(location).header("Range") == range);
  }
};

void check_accepted(const http_response& response, const std::string& range) {
  BOOST_TEST(response.status == 202);
  BOOST_TEST(response.header("Range") == range);
  BOOST_TEST(response.header("Content-Length") == "0");
  BOOST_TEST(response.has("Docker-Upload-UUID"));
  BOOST_TEST(response.has("Location"));
  BOOST_TEST(!response.has("Content-Type"));
}

/// Waits until the session accepts the rest: it may still be busy with the broken connection.
http_response resume(registry_client& client, const std::string& location,
                     const std::string& whole) {
  http_response response;
  eventually([&] {
    const auto offset = client.upload_offset(location);
    const auto range = std::to_string(offset) + '-' + std::to_string(whole.size() - 1);
    response = client.patch(location, {{"Content-Range", range}}, whole.substr(offset));
    if (response.closes())
      client.reconnect();
    return response.status != 409 && response.status != 416;
  });
  return response;
}

void replace_soon(gantry::app::registry_options& settings) {
  settings.actors.chunk_silence = std::chrono::milliseconds{20};
}

void limit_size(gantry::app::registry_options& settings) {
  settings.actors.uploads.max_size = 1000;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(blob_upload_chunks, open_upload,
                         *boost::unit_test::fixture<shared_registry>())

// cases 96, 97, 107
BOOST_AUTO_TEST_CASE(streams_append_to_each_other) {
  check_accepted(append("hello"), "0-4");
  check_accepted(append(", wor"), "0-9");
  check_accepted(append("ld"), "0-11");
  BOOST_TEST(finish("hello, world").status == 201);
  BOOST_TEST(client.get(blob_path("chunks/case", sha256("hello, world"))).body == "hello, world");
}

// case 96
BOOST_AUTO_TEST_CASE(a_stream_may_be_chunked_and_large) {
  const auto bytes = noise(5'000'000, 96);
  check_accepted(
    client.patch(location, {{"Transfer-Encoding", "chunked"}}, chunked(bytes, 100'003)),
    "0-4999999");
  BOOST_TEST(finish(bytes).status == 201);
  BOOST_TEST((client.get(blob_path("chunks/case", sha256(bytes))).body == bytes));
}

// case 98
BOOST_AUTO_TEST_CASE(chunks_with_a_range_follow_each_other) {
  check_accepted(append_at("0-4", "01234"), "0-4");
  check_accepted(append_at("5-9", "56789"), "0-9");
  check_accepted(append_at("bytes 10-14/*", "abcde"), "0-14");
  check_accepted(append_at("bytes 15-19/20", "fghij"), "0-19");
  BOOST_TEST(finish("0123456789abcdefghij").status == 201);
}

// case 98
BOOST_AUTO_TEST_CASE(a_chunk_with_a_range_may_come_in_the_chunked_coding) {
  check_accepted(client.patch(location,
                              {{"Content-Range", "0-9"}, {"Transfer-Encoding", "chunked"}},
                              chunked("0123456789", 3)),
                 "0-9");
}

// case 99
BOOST_AUTO_TEST_CASE(a_gap_is_refused_and_changes_nothing) {
  check_accepted(append_at("0-4", "01234"), "0-4");
  check_out_of_order(append_at("10-14", "abcde"), "0-4");
  check_out_of_order(append_at("6-10", "abcde"), "0-4");
  check_accepted(append_at("5-9", "56789"), "0-9");
  BOOST_TEST(finish("0123456789").status == 201);
}

// case 100
BOOST_AUTO_TEST_CASE(an_overlap_is_refused) {
  check_accepted(append_at("0-4", "01234"), "0-4");
  check_out_of_order(append_at("3-7", "34567"), "0-4");
  check_out_of_order(append_at("0-2", "012"), "0-4");
  check_accepted(append_at("5-9", "56789"), "0-9");
  check_out_of_order(append_at("0-4", "01234"), "0-9");
}

// case 100
BOOST_AUTO_TEST_CASE(a_repeated_last_chunk_is_told_where_to_continue) {
  check_accepted(append_at("0-4", "01234"), "0-4");
  check_out_of_order(append_at("0-4", "01234"), "0-4");
  check_accepted(append_at("5-9", "56789"), "0-9");
  check_out_of_order(append_at("5-9", "56789"), "0-9");
  BOOST_TEST(finish("0123456789").status == 201);
  BOOST_TEST(client.get(blob_path("chunks/case", sha256("0123456789"))).body == "0123456789");
}

// cases 100, 106
BOOST_AUTO_TEST_CASE(a_final_chunk_repeated_before_the_end_is_out_of_order) {
  check_accepted(append_at("0-4", "01234"), "0-4");
  const auto again =
    client.put(digest_query(location, sha256("01234")), {{"Content-Range", "0-4"}}, "01234");
  check_out_of_order(again, "0-4");
  BOOST_TEST(finish("01234").status == 201);
}

// case 101
BOOST_DATA_TEST_CASE_F(open_upload, a_malformed_range_is_refused,
                       boost::unit_test::data::make({"0-bar", "x-y", "4-0", "-", "5", "bytes=0-4",
                                                     "0-99999999999999999999"}),
                       range) {
  check_out_of_order(append_at(range, "01234"), "0-0");
  BOOST_TEST(finish("01234", "01234").status == 201);
}

// case 102
BOOST_AUTO_TEST_CASE(a_length_other_than_the_range_is_refused) {
  check_error(append_at("0-20", "01234"), 400, "SIZE_INVALID");
  BOOST_TEST(client.get(location).header("Range") == "0-0");
  check_error(append_at("0-2", "01234"), 400, "SIZE_INVALID");
  BOOST_TEST(client.get(location).header("Range") == "0-0");
  check_accepted(append_at("0-4", "01234"), "0-4");
}

// case 102
BOOST_DATA_TEST_CASE_F(open_upload, a_chunked_body_other_than_the_range_is_refused,
                       boost::unit_test::data::make({"0-20", "0-2"}), range) {
  const header_list headers{{"Content-Range", range}, {"Transfer-Encoding", "chunked"}};
  expect_error(client, {"PATCH", location, headers, chunked("01234")}, 400, "SIZE_INVALID");
}

// case 103
BOOST_AUTO_TEST_CASE(a_first_chunk_that_does_not_start_at_zero_is_refused) {
  check_out_of_order(append_at("3-22", "3456789abcdefghijklm"), "0-0");
}

// case 104
BOOST_DATA_TEST_CASE_F(open_upload, any_content_type_is_accepted,
                       boost::unit_test::data::make({"application/octet-stream", "text/plain",
                                                     "application/x-tar; x=y", "nonsense"}),
                       type) {
  check_accepted(client.patch(location, {{"Content-Type", type}}, "01234"), "0-4");
  BOOST_TEST(client.put(digest_query(location, sha256("01234")), {{"Content-Type", type}}).status ==
             201);
}

// case 105
BOOST_AUTO_TEST_CASE(an_empty_stream_changes_nothing) {
  check_accepted(append(""), "0-0");
  check_accepted(append("01234"), "0-4");
  check_accepted(append(""), "0-4");
  BOOST_TEST(finish("01234").status == 201);
}

// case 106
BOOST_AUTO_TEST_CASE(the_last_chunk_may_come_with_the_put) {
  check_accepted(append_at("0-4", "01234"), "0-4");
  const auto target = digest_query(location, sha256("0123456789"));
  BOOST_TEST(client.put(target, {{"Content-Range", "5-9"}}, "56789").status == 201);
}

// case 106
BOOST_AUTO_TEST_CASE(a_last_chunk_out_of_order_can_be_corrected) {
  check_accepted(append_at("0-4", "01234"), "0-4");
  const auto target = digest_query(location, sha256("0123456789"));
  check_out_of_order(client.put(target, {{"Content-Range", "7-9"}}, "789"), "0-4");
  const auto status = client.get(location);
  BOOST_TEST(status.status == 204);
  BOOST_TEST(status.header("Range") == "0-4");
  BOOST_TEST(client.put(target, {{"Content-Range", "5-9"}}, "56789").status == 201);
}

// case 107
BOOST_AUTO_TEST_CASE(a_put_without_a_body_completes_the_patches) {
  check_accepted(append("0123456789"), "0-9");
  const auto response = finish("0123456789");
  BOOST_TEST(response.status == 201);
  BOOST_TEST(response.header("Docker-Content-Digest") == sha256("0123456789"));
}

// case 108
BOOST_AUTO_TEST_CASE(the_status_reports_the_offset) {
  const auto check = [this](const std::string& range) {
    for (const auto& response : {client.get(location), client.head(location)}) {
      BOOST_TEST(response.status == 204);
      BOOST_TEST(response.header("Range") == range);
      BOOST_TEST(path_of(response.header("Location")) == location);
      BOOST_TEST(location.find(response.header("Docker-Upload-UUID")) != std::string::npos);
      BOOST_TEST(response.header("Docker-Upload-UUID").size() == 36U);
    }
  };
  check("0-0");
  append("0123456789");
  check("0-9");
}

// case 112
BOOST_AUTO_TEST_CASE(bytes_before_a_disconnect_are_kept) {
  const auto bytes = noise(100'000, 112);
  registry_client breaking{shared_registry::get()};
  breaking.send_head("PATCH", location, {{"Content-Length", "100000"}});
  breaking.send(bytes.substr(0, 60'000));
  breaking.half_close();
  breaking.read_until_close();
  BOOST_TEST(eventually([&] { return client.upload_offset(location) == 60'000; }));
  check_accepted(resume(client, location, bytes), "0-99999");
  BOOST_TEST(finish(bytes).status == 201);
  BOOST_TEST((client.get(blob_path("chunks/case", sha256(bytes))).body == bytes));
}

// case 112
BOOST_AUTO_TEST_CASE(an_upload_continues_after_a_connection_reset) {
  const auto bytes = noise(3'000'000, 1120);
  registry_client breaking{shared_registry::get()};
  breaking.send_head("PATCH", location, {{"Content-Length", "3000000"}});
  breaking.send(bytes.substr(0, 2'000'000));
  BOOST_TEST(eventually([&] { return client.upload_offset(location) > 0; }));
  breaking.reset();
  check_accepted(resume(client, location, bytes), "0-2999999");
  BOOST_TEST(finish(bytes).status == 201);
  BOOST_TEST((client.get(blob_path("chunks/case", sha256(bytes))).body == bytes));
}

// case 112
BOOST_AUTO_TEST_CASE(a_chunked_body_that_breaks_off_keeps_its_bytes) {
  registry_client breaking{shared_registry::get()};
  breaking.send_head("PATCH", location, {{"Transfer-Encoding", "chunked"}});
  breaking.send("5\r\n01234\r\n5\r\n567");
  breaking.half_close();
  breaking.read_until_close();
  BOOST_TEST(eventually([&] { return client.upload_offset(location) >= 5; }));
  check_accepted(resume(client, location, "0123456789"), "0-9");
  BOOST_TEST(finish("0123456789").status == 201);
}

// case 113
BOOST_AUTO_TEST_CASE(two_streams_into_one_session_never_mix) {
  const auto bytes = noise(2'000'000, 113);
  registry_client first{shared_registry::get()};
  first.send_head("PATCH", location, {{"Content-Length", "2000000"}});
  first.send(bytes.substr(0, 1'000'000));
  BOOST_TEST(eventually([&] { return client.upload_offset(location) > 0; }));
  expect_error(client, {"PATCH", location, {}, "intruder"}, 409, "BLOB_UPLOAD_INVALID");
  expect_error(client, {"PUT", digest_query(location, sha256("intruder")), {}, "intruder"}, 409,
               "BLOB_UPLOAD_INVALID");
  first.send(bytes.substr(1'000'000));
  check_accepted(first.receive(), "0-1999999");
  BOOST_TEST(finish(bytes).status == 201);
}

// cases 112, 113
BOOST_AUTO_TEST_CASE(a_request_replaces_a_silent_one) {
  running_registry server{replace_soon};
  registry_client going_on{server};
  const auto bytes = noise(200'000, 1130);
  const auto session = going_on.start_upload("chunks/silent");
  registry_client silent{server};
  silent.send_head("PATCH", session, {{"Content-Range", "0-199999"}, {"Content-Length", "200000"}});
  silent.send(bytes.substr(0, 100'000));
  BOOST_TEST(eventually([&] { return going_on.upload_offset(session) == 100'000; }));
  // A request without a range does not say where it starts.
  expect_error(going_on, {"PATCH", session, {}, "intruder"}, 409, "BLOB_UPLOAD_INVALID");
  going_on.reconnect();
  check_accepted(resume(going_on, session, bytes), "0-199999");
  // Late bytes of the old connection change nothing.
  silent.send(std::string(100'000, 'x'));
  check_error(silent.receive(), 409, "BLOB_UPLOAD_INVALID");
  BOOST_TEST(going_on.upload_offset(session) == 200'000U);
  BOOST_TEST(going_on.put(digest_query(session, sha256(bytes))).status == 201);
  BOOST_TEST((going_on.get(blob_path("chunks/silent", sha256(bytes))).body == bytes));
}

// case 115
BOOST_AUTO_TEST_CASE(a_receiving_upload_does_not_expire) {
  using namespace std::chrono_literals;
  running_registry server{[](auto& settings) {
    settings.actors.upload_expiry = 400ms;
    settings.actors.collect_interval = 10ms;
  }};
  registry_client pushing{server};
  const auto session = pushing.start_upload("chunks/slow");
  const auto piece = noise(300'000, 115);
  pushing.send_head("PATCH", session, {{"Content-Length", std::to_string(10 * piece.size())}});
  int sent = 0;
  const auto send_all = [&] {
    pushing.send(piece);
    return ++sent == 10;
  };
  BOOST_TEST(eventually(send_all, 100ms));
  check_accepted(pushing.receive(), "0-2999999");
}

// case 116
BOOST_AUTO_TEST_CASE(an_upload_above_the_limit_is_refused_in_every_form) {
  running_registry server{limit_size};
  registry_client pushing{server};
  const auto bytes = noise(1001, 116);
  const auto open = [&pushing] { return pushing.start_upload("chunks/limit"); };
  const header_list coded{{"Transfer-Encoding", "chunked"}};
  const auto query = "digest=" + sha256(bytes);
  expect_error(pushing, {"PATCH", open(), {}, bytes}, 413, "SIZE_INVALID");
  expect_error(pushing, {"PATCH", open(), coded, chunked(bytes, 300)}, 413, "SIZE_INVALID");
  expect_error(pushing, {"PUT", with_query(open(), query), {}, bytes}, 413, "SIZE_INVALID");
  expect_error(pushing, {"POST", with_query(uploads_path("chunks/limit"), query), {}, bytes}, 413,
               "SIZE_INVALID");
  pushing.push_blob("chunks/limit", noise(1000, 116));
}

// case 116
BOOST_AUTO_TEST_CASE(the_limit_counts_all_chunks_together) {
  running_registry server{limit_size};
  registry_client pushing{server};
  const auto session = pushing.start_upload("chunks/limit");
  check_accepted(pushing.patch(session, {}, noise(600, 1)), "0-599");
  expect_error(pushing, {"PATCH", session, {}, noise(600, 2)}, 413, "SIZE_INVALID");
}

// case 117
BOOST_AUTO_TEST_CASE(a_configured_minimum_chunk_is_advertised_and_enforced) {
  running_registry server{[](auto& settings) {
    settings.api.chunk_min_length = 10;
    settings.actors.uploads.min_chunk = 10;
  }};
  registry_client pushing{server};
  const auto opened = pushing.post(uploads_path("chunks/least"));
  BOOST_TEST(opened.header("OCI-Chunk-Min-Length") == "10");
  const auto session = path_of(opened.header("Location"));
  check_accepted(pushing.patch(session, {{"Content-Range", "0-9"}}, "0123456789"), "0-9");
  check_accepted(pushing.patch(session, {{"Content-Range", "10-12"}}, "abc"), "0-12");
  // Only now is it clear that the small chunk was not the last.
  const header_list next{{"Content-Range", "13-22"}};
  expect_error(pushing, {"PATCH", session, next, "0123456789"}, 416, "RANGE_INVALID");
  const auto target = digest_query(session, sha256("0123456789abc"));
  BOOST_TEST(pushing.put(target).status == 201);
}

// case 117
BOOST_AUTO_TEST_CASE(without_a_minimum_chunk_none_is_advertised) {
  BOOST_TEST(!client.post(uploads_path("chunks/case")).has("OCI-Chunk-Min-Length"));
}

BOOST_AUTO_TEST_SUITE_END()
