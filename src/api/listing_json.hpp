// The rows of rich lists as JSON. Members without a value are absent.
#pragma once

#include "domain/repository_name.hpp"
#include "listing/records.hpp"

#include <string>
#include <vector>

namespace gantry::api {

/// `{"repositories":[…]}`; each is `{"name":"team/app","tags":1,"manifests":1,"own_bytes":7,
/// "shared_bytes":0,"pushed":"…Z","pulled":"…Z","pulls":3}`.
std::string render(const std::vector<listing::repository_record>& listed);

/// `{"repository":"team/app","tags":[…]}`; each is `{"name":"v1","digest":"sha256:…",
/// "mediaType":"…","size":7,"platforms":["linux/amd64"],"pushed":"…Z","pushed_by":"ann",
/// "pulled":"…Z","pulls":3,"referrers":{"application/spdx+json":1}}`.
std::string render(const repository_name& in, const std::vector<listing::tag_record>& listed);

/// `{"manifests":[…]}`; each is `{"repository":"team/app","digest":"sha256:…","mediaType":"…",
/// "artifactType":"…","size":7,"platforms":["linux/amd64"],"tags":["v1"]}`.
std::string render(const std::vector<listing::manifest_record>& found);

} // namespace gantry::api
