// The records of open uploads, as stored in files.
#include "fuzz/fuzz.hpp"
#include "storage/disk/upload_record.hpp"

using namespace gantry;
using fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::input text{data, size};
  const auto record = storage::decode_record(text.rest(), "boot");
  if (!record || !record->hash)
    return 0;
  const auto again = storage::decode_record(
    storage::encode(record->whose, record->position, *record->hash, record->inline_bytes, "boot"),
    "boot");
  require(again.has_value());
  require(again->whose.id == record->whose.id);
  require(again->whose.saved == record->whose.saved);
  require(again->whose.repository == record->whose.repository);
  require(again->inline_bytes == record->inline_bytes);
  require(again->hash && again->hash->peek() == record->hash->peek());
  return 0;
}
