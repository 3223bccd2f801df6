// SPDX-License-Identifier: Apache-2.0
#include "http_worker.h"

#include <fcntl.h>
#include <fmt/format.h>

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
constexpr milliseconds kFreshGrace{1000};  // at a drain, for clients that have connected but not sent yet
constexpr milliseconds kLingerTime{2000};
constexpr milliseconds kSlice{1};  // of queued requests, before new bytes are looked at
// Connections that are read, then served, then sent to, each time all of them: so each kind of work finds its code and
// data in the caches, and to wake a client that sleeps costs more than to send to one that is awake. More of them would
// leave clients idle that could prepare their next requests meanwhile.
constexpr std::size_t kServedTogether = 16;
constexpr std::size_t kSpareRoom = 64u << 10;  // at most

std::array<DeadlineList, kPhases> MakeLists(const ServerOptions& o) {
  return {DeadlineList(milliseconds(0)),  DeadlineList(o.header_timeout), DeadlineList(o.idle_timeout),
          DeadlineList(o.header_timeout), DeadlineList(o.body_timeout),   DeadlineList(o.body_timeout),
          DeadlineList(o.body_timeout),   DeadlineList(kLingerTime)};
}

constexpr milliseconds kCoarseness{10};  // of CoarseNow, at most

/// steady_clock's time as of the kernel's last tick, a few milliseconds ago: every request arms a deadline, and a look
/// at the clock proper costs several times as much.
steady_clock::time_point CoarseNow() {
  timespec time{};
  ::clock_gettime(CLOCK_MONOTONIC_COARSE, &time);
  return steady_clock::time_point(ToDuration(time));
}

Connection& AsConnection(Expiring& item) { return static_cast<Connection&>(item); }

}  // namespace

Worker::Worker(ServerShared* shared, int index, EpollSet epoll)
    : shared_(*shared),
      index_(index),
      lists_(MakeLists(shared->options)),
      poller_(std::move(epoll)),
      io_(1),
      listener_(io_, shared->options.late_after.count() > 0,
                [this](FileDescriptor socket, const Endpoint& peer) { Welcome(std::move(socket), peer); }),
      reports_(io_),
      tick_(io_),
      drain_step_(io_),
      cut_(io_),
      ready_(shared->options.late_after) {}

Worker::~Worker() { draining_ = false; }  // Closed() must not touch the timers any more

Result<Worker::Endpoint> Worker::Listen(const Endpoint& endpoint) {
  VALENCE_RETURN_IF_ERROR(WatchPoller());
  return listener_.Listen(endpoint);
}

Result<Worker::Endpoint> Worker::Adopt(int socket) {
  VALENCE_RETURN_IF_ERROR(WatchPoller());
  return listener_.Adopt(socket);
}

Status Worker::WatchPoller() {
  error_code error;
  reports_.assign(::fcntl(poller_.fd(), F_DUPFD_CLOEXEC, 0), error);
  if (error) return Unavailable(fmt::format("epoll: {}", error.message()));
  return Ok();
}

void Worker::Run() {
  for (;;) {
    try {
      Resume();
      io_.run();
      return;
    } catch (const std::exception&) {
      // Out of memory, in all likelihood. The connection concerned went with its handler; the others go on.
    }
  }
}

/// Begins, or does what an exception has left undone: nobody is left behind.
void Worker::Resume() {
  Settle();
  listener_.Resume();
  if (!awaiting_ && !drained()) AwaitReports();
  if (HasQueued() && !answering_) PostAnswers();
  if (open_ != 0 && !ticking_) Tick();
}

void Worker::Stop(milliseconds delay) {
  asio::post(io_, [this, delay] {
    if (std::exchange(stopping_, true)) return;
    drain_step_.expires_after(delay);
    drain_step_.async_wait([this](error_code) { CloseListener(); });
  });
}

void Worker::Cut() { io_.stop(); }

void Worker::Welcome(FileDescriptor socket, const Endpoint& peer) {
  const bool full = shared_.connections.load(std::memory_order_relaxed) >= shared_.options.max_connections;
  SslPointer tls;
  if (shared_.tls != nullptr) {
    tls = shared_.tls->Accept(socket.get());
    if (tls == nullptr) return;
  }
  Channel channel(std::move(socket), std::move(tls), shared_.options.late_after.count() > 0);
  auto connection = std::make_unique<Connection>(this, std::move(channel), peer.address().to_string());
  Channel& own = connection->channel();
  if (!poller_.Add(own.fd(), &own.readiness())) return;
  if (full) {
    Connection::Turn(std::move(connection), 503, "too many connections");
  } else {
    Connection::Start(std::move(connection));
  }
  Settle();
}

/// Takes in who has connected already, then refuses newcomers and lets go of the idle.
void Worker::CloseListener() {
  draining_ = true;
  listener_.Close();
  Retire(Phase::kIdle);
  if (open_ == 0) return StopTimers();
  drain_step_.expires_after(kFreshGrace);
  drain_step_.async_wait([this](error_code cancelled) {
    if (!cancelled) Retire(Phase::kFresh);
  });
  cut_.expires_after(shared_.options.drain_timeout);
  cut_.async_wait([this](error_code cancelled) {
    if (!cancelled) Cut();
  });
}

void Worker::Retire(Phase phase) {
  list(phase).SweepAll([](Expiring& item) { AsConnection(item).Retire(); });
  Settle();
}

void Worker::Await(Connection::Self connection, Direction direction) {
  const int socket = connection->channel().fd();
  poller_.Await(socket, direction, std::move(connection));
}

void Worker::Wake(Connection& connection) { poller_.Wake(connection.channel().fd()); }

/// Ends every handler of the loop that works on connections.
void Worker::Settle() {
  ServeReceived();
  SendAnswers();
  if (poller_.HasDue() && !polling_) PostPoll();
}

/// One wait for all sockets together. Begun again when there is nothing left to report, for the most part: a wait that
/// ends at once costs more.
void Worker::AwaitReports() {
  reports_.async_wait(Reports::wait_read, [this](error_code error) {
    awaiting_ = false;
    if (error) return;
    Poll();
    if (!drained()) AwaitReports();
  });
  awaiting_ = true;
}

/// For those who need not wait. Timers and everything else get their turn before.
void Worker::PostPoll() {
  asio::post(io_, [this] {
    polling_ = false;
    Poll();
  });
  polling_ = true;
}

void Worker::Poll() {
  last_look_ = reported_all_ ? look_ : steady_clock::time_point();
  look_ = CoarseNow();
  reported_all_ = false;  // if one throws
  reported_all_ = poller_.Poll(Connection::Resume);
  Settle();
}

// What the kernel had not reported by the last look but one, when it reported all there was, came after it.
bool Worker::MayBeLate() const {
  const auto late_after = shared_.options.late_after;
  return late_after.count() > 0 && (!ready_.empty() || CoarseNow() - last_look_ + kCoarseness > late_after / 2);
}

void Worker::RunAside(std::function<void()> work, Connection::Self connection, void (*done)(Connection::Self)) {
  // The guard keeps Run from returning. After a Cut the connection goes with io_, as any that waits for something.
  auto guard = asio::make_work_guard(io_);
  auto aside = [this, work = std::move(work), connection = std::move(connection), done,
                guard = std::move(guard)]() mutable {
    work();
    asio::post(io_, [this, connection = std::move(connection), done]() mutable {
      done(std::move(connection));
      Settle();
    });
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
  if (!HasQueued()) return;
  PostAnswers();  // before the work, which may throw
  auto now = steady_clock::now();
  for (const auto end = now + kSlice; !ready_.empty() && now < end; now = steady_clock::now()) {
    auto ready = ready_.Pop(now, !refused_.empty());
    Connection::TakeTurn(std::move(ready.item), ready.waited);
  }
  refused_.SendSome(!ready_.empty(), Connection::SendAnswer);
  Settle();
}

void Worker::SendRefusalSoon(Connection::Self connection) {
  refused_.Push(std::move(connection), steady_clock::now());
  if (!answering_) PostAnswers();
}

void Worker::ServeSoon(Connection::Self connection) {
  received_.push_back(std::move(connection));
  if (received_.size() >= kServedTogether) ServeReceived();
}

void Worker::ServeReceived() {
  while (!received_.empty()) {
    auto next = std::move(received_.front());
    received_.pop_front();
    Connection::Start(std::move(next));
  }
}

void Worker::SendSoon(Connection::Self connection) {
  unsent_.push_back(std::move(connection));
  if (!sending_ && unsent_.size() >= kServedTogether) SendAnswers();
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
    throw;
  }
  sending_ = nested;
}

void Worker::ReturnRoom(std::string* body) {
  body->clear();
  const bool better = body->capacity() > spare_room_.capacity() && body->capacity() <= kSpareRoom;
  std::string kept;
  kept.swap(*body);
  if (better) kept.swap(spare_room_);
}

void Worker::Opened() {
  if (!ticking_) Tick();
  ++open_;
  shared_.connections.fetch_add(1, std::memory_order_relaxed);
}

void Worker::Closed(int socket) {
  poller_.Remove(socket);
  --open_;
  shared_.connections.fetch_sub(1, std::memory_order_relaxed);
  if (drained()) StopTimers();
}

/// The last of what keeps Run from returning.
void Worker::StopTimers() {
  error_code ignored;
  reports_.cancel(ignored);
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
    Tick();  // before the work, which may throw
    Sweep();
  });
  ticking_ = true;
}

void Worker::Arm(Connection& connection, Phase phase) { list(phase).Arm(connection, CoarseNow()); }

void Worker::Sweep() {
  const auto now = CoarseNow();
  for (DeadlineList& each : lists_) {
    each.Sweep(now, [](Expiring& item) { AsConnection(item).Expire(); });
  }
  Settle();
}

}  // namespace valence::net
