#!/usr/bin/env python3
"""Plants violations of the layers in a small tree; each must be found."""

import tempfile
import unittest
from pathlib import Path

import check_layers

ACTORS = "gantry_add_layer(actor_api\n  SOURCES messages.hpp errors.cpp # not hidden.hpp\n  LINK CAF::core)\n"


class check_layers_test(unittest.TestCase):
    def breaches(self, **files):
        """`files` maps paths below src, with "/" written as "__" and "." as "_dot_", to texts."""
        with tempfile.TemporaryDirectory() as folder:
            tree = Path(folder)
            texts = {"actors/CMakeLists.txt": ACTORS, "actors/hidden.hpp": ""}
            texts |= {k.replace("__", "/").replace("_dot_", "."): v for k, v in files.items()}
            for name, text in texts.items():
                path = tree / "src" / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            return list(check_layers.breaches(tree))

    def test_what_the_layers_allow_passes(self):
        self.assertEqual(
            self.breaches(
                domain__digest_dot_cpp='#include "domain/digest.hpp"\n#include <boost/json.hpp>\n',
                storage__engine_dot_cpp='#include "storage/api/engine.hpp"\n',
                actors__blob_store_dot_cpp='#include "actors/messages.hpp"\n#include <caf/actor.hpp>\n',
                runtime__ask_dot_hpp='#include "actors/errors.hpp"\n#include <caf/actor.hpp>\n',
                http__session_dot_cpp='#include "net/connection.hpp"\n#include <boost/beast/http.hpp>\n',
                api__call_dot_hpp='#include "runtime/ask.hpp"\n#include "http/handler.hpp"\n',
                app__wiring_dot_cpp='#include "actors/hidden.hpp"\n#include "http/server.hpp"\n',
            ),
            [],
        )

    def test_public_headers_include_only_each_other_and_the_standard_library(self):
        with tempfile.TemporaryDirectory() as folder:
            header = Path(folder) / "include/gantry/registry.hpp"
            header.parent.mkdir(parents=True)
            header.write_text("#include <gantry/image.hpp>\n#include <string>\n#include <cstdint>\n")
            self.assertEqual(list(check_layers.public_breaches(Path(folder))), [])
            header.write_text('#include <boost/json.hpp>\n#include "app/registry.hpp"\n#include <sys/types.h>\n')
            self.assertEqual(len(list(check_layers.public_breaches(Path(folder)))), 3)

    def test_a_lower_layer_that_includes_a_higher_one_is_found_with_its_line(self):
        found = self.breaches(domain__digest_dot_hpp='#pragma once\n\n#include "storage/engine.hpp"\n')
        self.assertEqual(len(found), 1)
        self.assertTrue(found[0].startswith("src/domain/digest.hpp:3: "), found)

    def test_the_api_sees_only_the_api_of_the_actors(self):
        found = self.breaches(api__call_dot_cpp='#include "actors/messages.hpp"\n#include "actors/hidden.hpp"\n')
        self.assertEqual(len(found), 1)
        self.assertTrue(found[0].startswith("src/api/call.cpp:2: "), found)

    def test_http_knows_neither_actors_nor_the_domain_nor_storage(self):
        for header in ["actors/messages.hpp", "domain/error.hpp", "storage/engine.hpp", "runtime/ask.hpp", "api/call.hpp"]:
            for layer in ["http", "net"]:
                with self.subTest(layer=layer, header=header):
                    file = f"{layer}__session_dot_cpp"
                    self.assertEqual(len(self.breaches(**{file: f'#include "{header}"\n'})), 1)

    def test_the_load_generator_knows_nothing_of_the_server(self):
        for header in ["actors/messages.hpp", "http/router.hpp", "storage/engine.hpp", "telemetry/log.hpp"]:
            with self.subTest(header=header):
                self.assertEqual(len(self.breaches(bench__push_dot_cpp=f'#include "{header}"\n')), 1)
        self.assertEqual(self.breaches(bench__push_dot_cpp='#include "client/connection.hpp"\n'), [])

    def test_only_the_client_reads_the_coding_of_http_beside_the_server(self):
        decoder = '#include "http/chunked_decoder.hpp"\n'
        self.assertEqual(self.breaches(client__parser_dot_hpp=decoder), [])
        self.assertEqual(len(self.breaches(bench__push_dot_cpp=decoder)), 1)
        for header in ["http/router.hpp", "bench/commands.hpp", "actors/messages.hpp"]:
            with self.subTest(header=header):
                self.assertEqual(len(self.breaches(client__parser_dot_hpp=f'#include "{header}"\n')), 1)

    def test_retention_reads_values_as_settings_do_and_knows_no_settings(self):
        self.assertEqual(self.breaches(retention__reader_dot_cpp='#include "config/values.hpp"\n'), [])
        for file in ["retention__reader_dot_cpp", "config__values_dot_cpp"]:
            with self.subTest(file=file):
                self.assertEqual(len(self.breaches(**{file: '#include "config/settings.hpp"\n'})), 1)

    def test_the_api_of_the_actors_does_not_lead_behind_it(self):
        self.assertEqual(len(self.breaches(actors__errors_dot_cpp='#include "actors/hidden.hpp"\n')), 1)

    def test_foreign_headers_that_a_layer_must_not_know_are_found(self):
        for file, header in [
            ("domain__tag_dot_cpp", "boost/asio/buffer.hpp"),
            ("domain__tag_dot_cpp", "caf/error.hpp"),
            ("telemetry__log_dot_cpp", "boost/beast/http.hpp"),
            ("actors__hidden_dot_cpp", "boost/asio.hpp"),
            ("http__session_dot_cpp", "caf/actor.hpp"),
            ("net__connection_dot_cpp", "caf/actor.hpp"),
            ("net__connection_dot_cpp", "boost/beast/http.hpp"),
            ("api__pipeline_dot_cpp", "caf/actor.hpp"),
            ("runtime__ask_dot_cpp", "boost/beast/http.hpp"),
            ("base__text_dot_hpp", "boost/asio.hpp"),
            ("bench__push_dot_cpp", "caf/actor.hpp"),
            ("client__parser_dot_cpp", "caf/actor.hpp"),
            ("storage__disk__sink_dot_hpp", "shared_mutex"),
        ]:
            with self.subTest(file=file, header=header):
                self.assertEqual(len(self.breaches(**{file: f"#include <{header}>\n"})), 1)

    def test_a_header_beside_the_file_counts_as_of_its_layer(self):
        self.assertEqual(self.breaches(domain__a_dot_cpp='#include "b.hpp"\n', domain__b_dot_hpp=""), [])
        self.assertEqual(len(self.breaches(domain__a_dot_cpp='#include "../http/b.hpp"\n', http__b_dot_hpp="")), 1)

    def test_a_folder_that_no_rule_names_is_found(self):
        self.assertEqual(len(self.breaches(misc__a_dot_cpp='#include "domain/b.hpp"\n')), 1)


if __name__ == "__main__":
    unittest.main()
