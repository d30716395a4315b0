// Names that an attacker would choose.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gantry::test {

/// Up to 32,768 names of 135 characters with the same FNV-1a hash in any table that starts the hash
/// with the offset basis plus a multiple of 256, as Boost.JSON's objects do with their address:
/// each block of nine characters has two variants that lead from one state to the same next one.
inline std::vector<std::string> colliding_names(std::size_t count) {
  using namespace std::string_view_literals;
  constexpr std::array<std::pair<std::string_view, std::string_view>, 15> blocks{{
    {"lYo%02Ks`"sv, "-8D(pQ(]R"sv},
    {"SJ-L+3`in"sv, "l,&Q(qge1"sv},
    {"i<g% ,j-2"sv, ",!9[<d+im"sv},
    {"GT>(:,(r."sv, "lv9;GFQ@}"sv},
    {"Q$6!eLZ?q"sv, "A%=@4G;Zp"sv},
    {"jY5o!cQ;n"sv, "79N|0=*'1"sv},
    {"K^4>> F=>"sv, " 2I.l)`}["sv},
    {"@X[=*Q|CG"sv, "Q+-9%u:d-"sv},
    {"hQCD&/m#e"sv, "5,Qn>; /N"sv},
    {"Bf ={+10b"sv, "o9Z73&#=4"sv},
    {",? s5#/T/"sv, "a&nQ)o(2t"sv},
    {"7pT>BCwO;"sv, "i4?cSk0)]"sv},
    {"eH=_$_td!"sv, "3>bR_>>wj"sv},
    {"P)#8QWYEo"sv, "{L9:):{0="sv},
    {"P{`vk;L(P"sv, "!zs6=x!14"sv},
  }};
  std::vector<std::string> names(count);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t bit = 0; bit < blocks.size(); ++bit)
      names[i] += (i >> bit & 1) == 0 ? blocks[bit].first : blocks[bit].second;
  }
  return names;
}

} // namespace gantry::test
