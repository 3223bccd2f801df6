// SPDX-License-Identifier: Apache-2.0
#include "http_worker.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <ctime>
#include <exception>
#include <utility>

#include "kernel_time.h"

namespace valence::net {
namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
namespace {

constexpr milliseconds kTick{250};         // the precision of every time limit
constexpr milliseconds kAcceptPause{100};  // when the process is out of file descriptors
constexpr milliseconds kFreshGrace{1000};  // at a drain, for clients that have connected but not sent yet
constexpr milliseconds kLingerTime{2000};
constexpr milliseconds kSlice{1};  // of queued requests, before new bytes are looked at
// Answers that go out together. To wake a client that sleeps costs more than to send to one that is awake. More of them
// would leave clients idle that could prepare their next requests meanwhile.
constexpr std::size_t kSentTogether = 8;

std::array<DeadlineList, kPhases> MakeLists(const ServerOptions& o) {
  return {DeadlineList(milliseconds(0)),  DeadlineList(o.header_timeout), DeadlineList(o.idle_timeout),
          DeadlineList(o.header_timeout), DeadlineList(o.body_timeout),   DeadlineList(o.body_timeout),
          DeadlineList(o.body_timeout),   DeadlineList(kLingerTime)};
}

/// steady_clock's time as of the kernel's last tick, a few milliseconds ago: every request arms a deadline, and a look
/// at the clock proper costs several times as much.
steady_clock::time_point CoarseNow() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC_COARSE, &time);
  return steady_clock::time_point(ToDuration(time));
}

Connection& AsConnection(Expiring& item) { return static_cast<Connection&>(item); }

Error ListenError(const Worker::Endpoint& endpoint, const error_code& error) {
  return Unavailable(
      fmt::format("cannot listen on {}:{}: {}", endpoint.address().to_string(), endpoint.port(), error.message()));
}

}  // namespace

Worker::Worker(ServerShared* shared, int index)
    : shared_(*shared),
      index_(index),
      lists_(MakeLists(shared->options)),
      io_(1),
      acceptor_(io_),
      tick_(io_),
      accept_again_(io_),
      drain_step_(io_),
      cut_(io_),
      ready_(shared->options.late_after) {}

Worker::~Worker() { draining_ = false; }  // Closed() must not touch the timers any more

Result<Worker::Endpoint> Worker::Listen(const Endpoint& endpoint) {
  error_code error;
  acceptor_.open(endpoint.protocol(), error);
  if (error) return ListenError(endpoint, error);
  acceptor_.set_option(asio::socket_base::reuse_address(true), error);
  const int on = 1;
  if (::setsockopt(acceptor_.native_handle(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0) {
    return ListenError(endpoint, error_code(errno, boost::system::system_category()));
  }
  acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error) return ListenError(endpoint, error);
  return acceptor_.local_endpoint();
}

Result<Worker::Endpoint> Worker::Adopt(int socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  int listens = 0;
  socklen_t flag_size = sizeof listens;
  if (::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0 ||
      ::getsockopt(socket, SOL_SOCKET, SO_ACCEPTCONN, &listens, &flag_size) != 0 || listens == 0 ||
      (address.ss_family != AF_INET && address.ss_family != AF_INET6)) {
    return InvalidArgument(fmt::format("file descriptor {}: expected a listening TCP socket", socket));
  }
  const auto protocol = address.ss_family == AF_INET ? boost::asio::ip::tcp::v4() : boost::asio::ip::tcp::v6();
  error_code error;
  acceptor_.assign(protocol, ::fcntl(socket, F_DUPFD_CLOEXEC, 0), error);
  if (error) return Unavailable(fmt::format("file descriptor {}: {}", socket, error.message()));
  return acceptor_.local_endpoint();
}

void Worker::Run() {
  Accept();
  for (;;) {
    try {
      io_.run();
      return;
    } catch (const std::exception&) {
      // Out of memory, in all likelihood. The connection concerned went with its handler; the others go on.
    }
  }
}

void Worker::Stop(milliseconds delay) {
  asio::post(io_, [this, delay] {
    if (std::exchange(stopping_, true)) return;
    drain_step_.expires_after(delay);
    drain_step_.async_wait([this](error_code) { CloseListener(); });
  });
}

void Worker::Cut() { io_.stop(); }

void Worker::Accept() {
  acceptor_.async_accept(io_, peer_,
                         [this](error_code error, Channel::Socket socket) { OnAccept(error, std::move(socket)); });
}

void Worker::OnAccept(error_code error, Channel::Socket socket) {
  if (!acceptor_.is_open()) return;
  if (!error) {
    Welcome(std::move(socket), peer_);
  } else if (error != asio::error::connection_aborted) {
    accept_again_.expires_after(kAcceptPause);
    accept_again_.async_wait([this](error_code cancelled) {
      if (!cancelled) Accept();
    });
    return;
  }
  Accept();
}

void Worker::Welcome(Channel::Socket socket, const Endpoint& peer) {
  const bool full = shared_.connections.load(std::memory_order_relaxed) >= shared_.options.max_connections;
  SslPointer tls;
  if (shared_.tls != nullptr) {
    tls = shared_.tls->Accept(socket.native_handle());
    if (tls == nullptr) return;
  }
  Channel channel(std::move(socket), std::move(tls), shared_.options.late_after.count() > 0);
  auto connection = std::make_unique<Connection>(this, std::move(channel), peer.address().to_string());
  if (full) return Connection::Turn(std::move(connection), 503, "too many connections");
  Connection::Start(std::move(connection));
}

/// Takes in who has connected already, then refuses newcomers and lets go of the idle.
void Worker::CloseListener() {
  draining_ = true;
  error_code error;
  acceptor_.non_blocking(true, error);
  while (!error) {
    Channel::Socket socket(io_);
    acceptor_.accept(socket, peer_, error);
    if (!error) Welcome(std::move(socket), peer_);
  }
  acceptor_.close(error);
  accept_again_.cancel();
  list(Phase::kIdle).SweepAll([](Expiring& item) { AsConnection(item).Retire(); });
  if (open_ == 0) return StopTimers();
  drain_step_.expires_after(kFreshGrace);
  drain_step_.async_wait([this](error_code cancelled) {
    if (!cancelled) list(Phase::kFresh).SweepAll([](Expiring& item) { AsConnection(item).Retire(); });
  });
  cut_.expires_after(shared_.options.drain_timeout);
  cut_.async_wait([this](error_code cancelled) {
    if (!cancelled) Cut();
  });
}

void Worker::Arm(Connection& connection, Phase phase) { list(phase).Arm(connection, CoarseNow()); }

void Worker::RunAside(std::function<void()> work, Connection::Self connection, void (*done)(Connection::Self)) {
  // The guard keeps Run from returning. After a Cut the connection goes with io_, as any that waits for something.
  auto guard = asio::make_work_guard(io_);
  auto aside = [this, work = std::move(work), connection = std::move(connection), done,
                guard = std::move(guard)]() mutable {
    work();
    asio::post(io_, [connection = std::move(connection), done]() mutable { done(std::move(connection)); });
  };
  asio::post(*shared_.side_thread, std::move(aside));
}

void Worker::Queue(Connection::Self connection, std::chrono::nanoseconds waited) {
  ready_.Push(std::move(connection), waited, steady_clock::now());
  if (!answering_) PostAnswers();
}

void Worker::PostAnswers() {
  asio::post(io_, [this] { AnswerQueued(); });
  answering_ = true;
}

void Worker::AnswerQueued() {
  answering_ = false;
  if (ready_.empty()) return;
  PostAnswers();  // before the work, which may throw: nobody is left behind
  auto now = steady_clock::now();
  for (const auto end = now + kSlice; !ready_.empty() && now < end; now = steady_clock::now()) {
    auto ready = ready_.Pop(now);
    Connection::TakeTurn(std::move(ready.item), ready.waited);
  }
}

void Worker::SendSoon(Connection::Self connection) {
  unsent_.push_back(std::move(connection));
  if (sending_) return;  // and will come to it
  if (unsent_.size() >= kSentTogether) return SendAnswers();
  if (unsent_.size() == 1) PostSends();
}

/// What is posted runs after the handlers of all sockets that are ready now.
void Worker::PostSends() {
  asio::post(io_, [this] { SendAnswers(); });
}

/// May be called by a connection whose answer it sends, which then works on a long request that came behind.
void Worker::SendAnswers() {
  const bool nested = std::exchange(sending_, true);
  try {
    while (!unsent_.empty()) {
      auto next = std::move(unsent_.front());
      unsent_.pop_front();
      Connection::SendAnswer(std::move(next));
    }
  } catch (...) {
    sending_ = nested;
    PostSends();  // the others'
    throw;
  }
  sending_ = nested;
}

void Worker::Opened() {
  ++open_;
  shared_.connections.fetch_add(1, std::memory_order_relaxed);
  if (!std::exchange(ticking_, true)) Tick();
}

void Worker::Closed() {
  --open_;
  shared_.connections.fetch_sub(1, std::memory_order_relaxed);
  if (draining_ && open_ == 0) StopTimers();
}

/// The last of what keeps Run from returning.
void Worker::StopTimers() {
  tick_.cancel();
  drain_step_.cancel();
  cut_.cancel();
}

/// Runs only while there are connections, so that an idle server sleeps.
void Worker::Tick() {
  tick_.expires_after(kTick);
  tick_.async_wait([this](error_code cancelled) {
    ticking_ = false;
    if (cancelled || open_ == 0) return;
    Sweep();
    if (!std::exchange(ticking_, true)) Tick();
  });
}

void Worker::Sweep() {
  const auto now = CoarseNow();
  for (DeadlineList& each : lists_) {
    each.Sweep(now, [](Expiring& item) { AsConnection(item).Expire(); });
  }
}

}  // namespace valence::net
