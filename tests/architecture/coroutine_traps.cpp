// Snippets for check_coroutines_test.py: exactly the lines with `trap` in a comment must be
// reported. Never compiled.

awaitable<void> traps(std::string name) {
  co_await g([name] { return name; });                           // trap
  co_await g([this, name]() mutable -> int { return 1; });       // trap
  co_await async_initiate<token>([=](auto h) { h(name); }, use); // trap
  auto n = co_await g(std::function<void()>([] {}));             // trap
  co_await g(agg{name});                                         // trap
  auto r = co_await ask(actor, msg::put_blob{name, 3});          // trap
  auto s = h(co_await g(), agg{name});                           // trap
  co_await g({name, name});                                      // trap
  co_await agg{name};                                            // trap
  co_await agg<std::string, 1>{name};                            // trap
  co_await g(std::array<std::string, 1>{name});                  // trap
  co_await c ? co_await x() : y();                               // trap
  auto v = c ? y() : co_await x();                               // trap
  if (co_await g(agg{name})) {                                   // trap
    co_return;
  }
  while (co_await g(agg{name})) // trap
    ++n;
  for (auto& x : co_await list(agg{name})) { // trap
    use(x);
  }
  switch (co_await g([name] { return 1; })) { // trap
  case 1: {
    co_return co_await g(agg{name}); // trap
  }
  }
  co_spawn(executor, [name]() -> awaitable<void> {
    co_await g(agg{name}); // trap
  });
  co_await g(a_name_that_is_long_enough_to_break_the_line,
             another_name_that_is_long_enough_to_do_it, agg{name}); // trap
}

awaitable<bool> begins_with_a_condition(std::string name) {
  if (!co_await g(name)) // trap
    co_return false;
  auto later = [name]() -> awaitable<bool> {
    if (co_await g(name)) // trap
      co_return true;
    co_return false;
  };
  co_return co_await later();
}

awaitable<bool> begins_with_a_named_result(std::string name) {
  if (auto ready = co_await g(name); !ready)
    co_return false;
  if (!co_await g(name))
    co_return false;
  for (;;) {
    if (!co_await g(name))
      co_return true;
  }
}

awaitable<int> fine(std::string name) {
  const auto made = [name] { return name; };
  co_await g(made);
  const agg thing{name};
  co_await g(thing);
  co_await g(std::move(thing));
  auto message = msg::put_blob{name, 3};
  auto reply = co_await ask(actor, std::move(message));
  co_await g([] { return 1; });
  co_await g([this] { return size_; });
  co_await g([&name] { return name; });
  co_await g([&] { return name; });
  timer.expires_after(std::chrono::seconds{5});
  co_await g(std::chrono::seconds{5}, std::string_view{name});
  co_await async_initiate<token, void(message)>(initiate_ask{}, token{});
  co_await g(1, {});
  auto bytes{co_await read()};
  std::size_t count{co_await read()};
  const std::vector<int> list = {1, 2, 3};
  if (c) {
    co_await x();
  } else {
    y(agg{name});
  }
  auto r = co_await g(c ? 1 : 2);
  auto [ec, n] = co_await read(buffers[0], table[name]);
  g(agg{name});
  co_spawn(
    executor, [name]() -> awaitable<void> { co_await g(name); }, detached);
  call([self = agg{name}] { return self; });
  // co_await g(agg{name});
  log("co_await g(agg{name})");
  log(R"(co_await g(agg{name}))");
  for (auto it = agg{name}; co_await it.next();) {
    use(it);
  }
  co_return co_await x();
}

struct holder {
  int size{0};
  awaitable<void> run() { co_await g(size); }
  agg a{name};
};

auto lambda = [](int n) -> awaitable<std::vector<int>> {
  co_await g(n);
  h(agg{n});
};
