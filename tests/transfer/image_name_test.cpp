// Names that people type and programs write.
#include "transfer/image_name.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(image_name)

using name = gantry::transfer::image_name;
using gantry::errc;

BOOST_AUTO_TEST_CASE(the_tag_may_be_omitted) {
  BOOST_TEST(name::parse("team/app:1.0").value().to_string() == "team/app:1.0");
  BOOST_TEST(name::parse("app").value().to_string() == "app:latest");
}

BOOST_AUTO_TEST_CASE(malformed_names_are_refused) {
  BOOST_TEST((name::parse("App").error().code == errc::name_invalid));
  BOOST_TEST((name::parse("").error().code == errc::name_invalid));
  BOOST_TEST((name::parse(":tag").error().code == errc::name_invalid));
  BOOST_TEST((name::parse("app:").error().code == errc::tag_invalid));
  BOOST_TEST((name::parse("localhost:5000/app").error().code == errc::tag_invalid));
}

BOOST_AUTO_TEST_CASE(the_host_of_a_registry_is_dropped) {
  BOOST_TEST(name::parse_with_host("docker.io/library/busybox:1").value().to_string() ==
             "library/busybox:1");
  BOOST_TEST(name::parse_with_host("localhost/app:1").value().to_string() == "app:1");
  BOOST_TEST(name::parse_with_host("registry:5000/app").value().to_string() == "app:latest");
  // The first component of these is not a host.
  BOOST_TEST(name::parse_with_host("team/app:1").value().to_string() == "team/app:1");
  BOOST_TEST(name::parse_with_host("busybox:1.36").value().to_string() == "busybox:1.36");
}

BOOST_AUTO_TEST_SUITE_END()
