// JSON Schemas of the arguments and results of tools.
#pragma once

#include <string_view>

namespace gantry::api::tools::schemas {

// clang-format off

inline constexpr std::string_view nothing = R"({
  "type": "object", "properties": {}, "additionalProperties": false})";

inline constexpr std::string_view ok = R"({
  "type": "object", "properties": {"ok": {"type": "boolean"}}, "required": ["ok"]})";

// --- content ---

inline constexpr std::string_view page = R"({
  "type": "object",
  "properties": {
    "n": {"type": "integer", "minimum": 1, "maximum": 1000,
      "description": "at most this many; 100 by default"},
    "last": {"type": "string", "description": "only those after this name"}},
  "additionalProperties": false})";

inline constexpr std::string_view repositories = R"({
  "type": "object",
  "properties": {
    "repositories": {"type": "array", "items": {"type": "string"}},
    "more": {"type": "boolean"}},
  "required": ["repositories", "more"]})";

inline constexpr std::string_view page_of_tags = R"({
  "type": "object",
  "properties": {
    "repository": {"type": "string", "description": "such as library/hello-world"},
    "n": {"type": "integer", "minimum": 1, "maximum": 1000,
      "description": "at most this many; 100 by default"},
    "last": {"type": "string", "description": "only those after this tag"}},
  "required": ["repository"],
  "additionalProperties": false})";

inline constexpr std::string_view tags = R"({
  "type": "object",
  "properties": {
    "repository": {"type": "string"},
    "tags": {"type": "array", "items": {"type": "string"}},
    "more": {"type": "boolean"}},
  "required": ["repository", "tags", "more"]})";

inline constexpr std::string_view reference = R"({
  "type": "object",
  "properties": {
    "repository": {"type": "string", "description": "such as library/hello-world"},
    "reference": {"type": "string", "description": "a tag or a digest; latest by default"}},
  "required": ["repository"],
  "additionalProperties": false})";

inline constexpr std::string_view manifest = R"({
  "type": "object",
  "properties": {
    "repository": {"type": "string"},
    "digest": {"type": "string"},
    "media_type": {"type": "string"},
    "size": {"type": "integer", "description": "bytes"},
    "manifest": {"type": "string", "description": "its text"}},
  "required": ["repository", "digest", "media_type", "size", "manifest"]})";

inline constexpr std::string_view image = R"({
  "type": "object",
  "properties": {
    "repository": {"type": "string", "description": "such as team/app; it need not exist"},
    "tag": {"type": "string", "description": "latest by default"},
    "layers": {"type": "array", "items": {"type": "string"},
      "description": "the bytes of each layer; by default a single short layer"},
    "annotations": {"type": "object", "additionalProperties": {"type": "string"}}},
  "required": ["repository"],
  "additionalProperties": false})";

inline constexpr std::string_view pushed_image = R"({
  "type": "object",
  "properties": {
    "repository": {"type": "string"},
    "tag": {"type": "string"},
    "digest": {"type": "string"},
    "manifest": {"type": "string"}},
  "required": ["repository", "tag", "digest", "manifest"]})";

// --- faults ---

inline constexpr std::string_view rule = R"({
  "type": "object",
  "properties": {
    "name": {"type": "string", "description":
      "a known fault of list_faults, to which the other members are added; or a name of your own"},
    "match": {
      "type": "object",
      "description": "which requests; all but the method are patterns, and * matches slashes",
      "properties": {
        "method": {"type": "string", "description": "such as PUT"},
        "operation": {"type": "string", "description":
          "such as get_manifest, put_manifest, get_blob, start_upload, finish_upload, list_tags"},
        "repository": {"type": "string", "description": "such as team/*"},
        "reference": {"type": "string", "description": "a tag or digest"},
        "user_agent": {"type": "string"}},
      "additionalProperties": false},
    "nth": {"type": "integer", "minimum": 1, "description": "only the n-th request that matches"},
    "every": {"type": "integer", "minimum": 1, "description": "every n-th"},
    "probability": {"type": "number", "minimum": 0, "maximum": 1},
    "seed": {"type": "integer", "minimum": 0, "description": "the same hits the same requests"},
    "count": {"type": "integer", "minimum": 0, "description": "at most so many hits"},
    "effect": {
      "type": "object",
      "description": "what happens to the request",
      "properties": {
        "status": {"type": "integer", "minimum": 200, "maximum": 599,
          "description": "a JSON error with this status instead of the true response"},
        "code": {"type": "string", "description": "such as TOOMANYREQUESTS"},
        "message": {"type": "string"},
        "body": {"type": "string", "description": "another body than a JSON error"},
        "content_type": {"type": "string"},
        "after": {"type": "boolean", "description": "the request takes effect first"},
        "headers": {"type": "object", "additionalProperties": {"type": "string"}},
        "delay": {
          "description": "a time before the first byte, such as 500ms, or a range of times",
          "anyOf": [
            {"type": "string"},
            {"type": "object",
              "properties": {
                "min": {"type": "string"}, "max": {"type": "string"},
                "mean": {"type": "string"}, "deviation": {"type": "string"}},
              "additionalProperties": false}]},
        "rate": {"type": ["string", "integer"],
          "description": "bytes of the body per second, such as 64KiB"},
        "upload_rate": {"type": ["string", "integer"],
          "description": "bytes of the request's body per second"},
        "reset_after": {"type": "integer", "minimum": 0,
          "description": "the connection is reset after so many bytes of the body"},
        "reset_after_request": {"type": "integer", "minimum": 0,
          "description": "the connection is reset after so many bytes of the request's body"},
        "truncate_after": {"type": "integer", "minimum": 0,
          "description": "the connection ends after so many bytes of the body"},
        "content_length": {"type": "integer", "minimum": 0,
          "description": "a Content-Length that is not true"},
        "corrupt_byte": {"type": "integer", "minimum": 0,
          "description": "the offset of a byte that is sent wrong"},
        "wrong_digest": {"type": "boolean",
          "description": "Docker-Content-Digest names other content"},
        "location": {
          "type": "object",
          "properties": {
            "absent": {"type": "boolean"},
            "scheme": {"type": "string"},
            "host": {"type": "string"}},
          "additionalProperties": false},
        "endless_link": {"type": "boolean",
          "description": "the next page of a list is the same page"}},
      "additionalProperties": false}},
  "additionalProperties": false})";

inline constexpr std::string_view faults = R"({
  "type": "object",
  "properties": {
    "faults": {
      "type": "array",
      "items": {
        "type": "object",
        "properties": {
          "id": {"type": "integer"},
          "matched": {"type": "integer"},
          "hits": {"type": "integer"}},
        "required": ["id", "matched", "hits"]}},
    "named": {
      "type": "array",
      "items": {
        "type": "object",
        "properties": {"name": {"type": "string"}, "help": {"type": "string"}},
        "required": ["name", "help"]}}},
  "required": ["faults"]})";

inline constexpr std::string_view fault_id = R"({
  "type": "object",
  "properties": {
    "id": {"type": "integer", "minimum": 0, "description": "as list_faults shows it"}},
  "additionalProperties": false})";

// --- the journal ---

inline constexpr std::string_view filter = R"({
  "type": "object",
  "properties": {
    "method": {"type": "string", "description": "such as GET"},
    "operation": {"type": "string", "description":
      "such as get_manifest, put_manifest, get_blob, start_upload, finish_upload, list_tags"},
    "repository": {"type": "string", "description": "requests inside this repository"},
    "path": {"type": "string", "description": "requests whose path contains this text"},
    "status": {"type": ["string", "integer"],
      "description": "a status such as 404, or a class such as 4xx"},
    "user_agent": {"type": "string",
      "description": "requests of clients whose User-Agent contains this text"},
    "fault": {"type": "string", "description": "requests that the fault of this name hit"},
    "since": {"type": "integer", "minimum": 0,
      "description": "requests with a greater sequence number"},
    "n": {"type": "integer", "minimum": 1, "maximum": 100,
      "description": "at most this many; 20 by default"}},
  "additionalProperties": false})";

inline constexpr std::string_view requests = R"({
  "type": "object",
  "properties": {
    "requests": {
      "type": "array",
      "items": {
        "type": "object",
        "properties": {
          "sequence": {"type": "integer"},
          "time": {"type": "string"},
          "method": {"type": "string"},
          "target": {"type": "string"},
          "status": {"type": "integer"},
          "operation": {"type": "string"},
          "repository": {"type": "string"},
          "fault": {"type": "string"}},
        "required": ["sequence", "time", "method", "target", "status"]}},
    "count": {"type": "integer"},
    "next": {"type": "integer"}},
  "required": ["requests", "count", "next"]})";

// clang-format on

} // namespace gantry::api::tools::schemas
