// What operations share: what they are about, and how they ask.
#pragma once

#include "simulation/world.hpp"

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace gantry::simulation {

template <class T>
const T& choose(const std::vector<T>& from, std::uint32_t number) {
  return from[number % from.size()];
}

inline const repository_name& repository_of(const operation& what) {
  return choose(all_content().repositories, what.second);
}
inline const manifest_ptr& manifest_of(const operation& what) {
  return choose(all_content().manifests, what.first);
}

/// Of a write that was answered with an error.
inline outcome outcome_of(const error& why) {
  return says_nothing(why) ? outcome::unknown : outcome::undone;
}

inline std::string code_of(const error& why) {
  return std::string{to_string(why.code)};
}

template <class Reply, class Handle, class Message>
void world::ask(const request_ptr& of, const Handle& receiver, Message question,
                std::function<void(result<Reply>)> then) {
  of->by->requests->ask<Reply>(receiver, std::move(question),
                               [this, of, then = std::move(then)](result<Reply> reply) {
                                 tell_answer(of, reply ? "done" : to_string(reply.error().code));
                                 if (of->life == life_)
                                   then(std::move(reply));
                               });
}

} // namespace gantry::simulation
