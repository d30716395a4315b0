// Damages texts for parser tests, identically on every run.
#pragma once

#include <cstddef>
#include <random>
#include <string>

namespace gantry::test {

/// Not a fuzzer: it looks for crashes near well-formed inputs, in milliseconds.
class mutator {
public:
  /// The text with one to four edits: a byte changed, inserted or removed, a slice repeated, the
  /// end truncated.
  std::string operator()(std::string text) {
    for (std::size_t edits = 1 + below(4); edits != 0; --edits)
      edit(text);
    return text;
  }

private:
  std::size_t below(std::size_t bound) { return engine_() % bound; }

  /// Every second one is a character with a meaning in some grammar.
  char byte() {
    static const std::string telling = "/:%?&=.,-+_@*\"\\{}[]0aA \t\n";
    return below(2) == 0 ? telling[below(telling.size())] : static_cast<char>(below(256));
  }

  void edit(std::string& text) {
    const std::size_t at = below(text.size() + 1);
    const std::size_t length = 1 + below(8);
    switch (below(5)) {
    case 0: text.insert(at, 1, byte()); break;
    case 1: text.insert(at, text.substr(at, length)); break;
    case 2: text.erase(at, length); break;
    case 3: text.resize(at); break;
    default:
      if (at < text.size())
        text[at] = byte();
    }
  }

  // Unseeded; the standard specifies the exact values.
  std::mt19937 engine_;
};

} // namespace gantry::test
