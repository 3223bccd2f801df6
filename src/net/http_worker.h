// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <deque>
#include <memory>

#include "buffer_pool.h"
#include "deadline_list.h"
#include "http_connection.h"
#include "http_listener.h"
#include "http_response_head.h"
#include "socket_poller.h"
#include "tls_context.h"
#include "valence/net/http_server.h"
#include "valence/net/ready_queue.h"
#include "valence/net/refusal_queue.h"

namespace valence::net {

/// What all workers of a server share.
struct ServerShared {
  ServerOptions options;
  HttpHandler handler;
  ErrorRenderer render_error;
  StreamOpener open_stream;  ///< or empty
  HttpRefuser refuse;        ///< or empty
  boost::asio::thread_pool* side_thread = nullptr;
  std::unique_ptr<TlsContext> tls;  ///< or nullptr
  std::atomic<std::size_t> connections{0};
};

/// One thread of a server: its event loop, its listening socket, its connections. Asio's loop has everything but the
/// connections' sockets; of those it knows only that the SocketPoller has something to report, so that a request costs
/// it no call. Nothing here is locked; Stop and Cut are the only calls for other threads.
class Worker {
 public:
  using Endpoint = Listener::Endpoint;

  Worker(ServerShared* shared, int index, EpollSet epoll);
  ~Worker();

  /// As of Listener.
  Result<Endpoint> Listen(const Endpoint& endpoint);
  Result<Endpoint> Adopt(int socket);
  /// Accepts and serves until stopped and drained, or cut.
  void Run();
  /// Thread-safe. See HttpServer::Stop.
  void Stop(std::chrono::milliseconds delay);
  /// Thread-safe. Run returns at once, connections are dropped.
  void Cut();

  // For connections.
  int index() const { return index_; }
  const ServerOptions& options() const { return shared_.options; }
  const HttpHandler& handler() const { return shared_.handler; }
  const ErrorRenderer& render_error() const { return shared_.render_error; }
  const StreamOpener& open_stream() const { return shared_.open_stream; }
  const HttpRefuser& refuse() const { return shared_.refuse; }
  /// Keeps the connection until its socket can be read, or written.
  void Await(Connection::Self connection, Direction direction);
  /// Ends that wait, soon, whatever the socket does.
  void Wake(Connection& connection);
  /// Whether what is read now may be from a request that is late, or nearly so.
  bool MayBeLate() const;
  /// Whether a request that has waited for so long must be queued.
  bool MustQueue(std::chrono::nanoseconds waited) { return ready_.Takes(waited); }
  /// Whether there is so much in the queue already that in an overload one more is best refused.
  bool QueueIsFull() const { return ready_.IsFull(); }
  /// Gives the connection's request its turn when it comes.
  void Queue(Connection::Self connection, std::chrono::nanoseconds waited);
  /// Serves what the connection has read, a little later: with what the others have sent by now.
  void ServeSoon(Connection::Self connection);
  /// Serves what ServeSoon has kept.
  void ServeReceived();
  /// Sends the connection's answer, which refuses its request because the queue is full, as soon as that leaves time
  /// for the others: a server that told everybody at once would in the end do nothing else.
  void SendRefusalSoon(Connection::Self connection);
  /// Sends the connection's answer, a little later: with those to the other requests that have arrived by now.
  void SendSoon(Connection::Self connection);
  /// Sends what SendSoon has kept.
  void SendAnswers();
  /// Runs `work` on the side thread, then `done(connection)` on this one. The loop goes on until then.
  void RunAside(std::function<void()> work, Connection::Self connection, void (*done)(Connection::Self));
  /// Whether answers must end their connection.
  bool stopping() const { return stopping_; }
  /// Whether the idle connections were let go of.
  bool draining() const { return draining_; }
  std::string_view Date() { return date_.Now(); }
  /// Gives an answer's empty body room that was in use a moment ago, so that the caches hold it: a connection's own
  /// would be cold by its next answer.
  void LendRoom(std::string* body) {
    if (body->capacity() < spare_room_.capacity()) body->swap(spare_room_);
  }
  /// Ends the use of a body's room: the body is empty then, and has none.
  void ReturnRoom(std::string* body);
  BufferPool& buffers() { return buffers_; }
  void Arm(Connection& connection, Phase phase);
  void Opened();
  void Closed(int socket);

 private:
  using Executor = boost::asio::io_context::executor_type;
  using Reports = boost::asio::posix::basic_stream_descriptor<Executor>;
  using Timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                                  boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;

  Status WatchPoller();
  void Resume();
  void AwaitReports();
  void PostPoll();
  void Poll();
  void Settle();
  void Welcome(FileDescriptor socket, const Endpoint& peer);
  void CloseListener();
  void Retire(Phase phase);
  void StopTimers();
  void PostAnswers();
  bool HasQueued() const { return !ready_.empty() || !refused_.empty(); }
  void AnswerQueued();
  void Tick();
  void Sweep();
  /// Whether the last connection of a drain is gone.
  bool drained() const { return draining_ && open_ == 0; }
  DeadlineList& list(Phase phase) { return lists_[static_cast<std::size_t>(phase)]; }

  ServerShared& shared_;
  const int index_;
  bool stopping_ = false;
  bool draining_ = false;
  bool ticking_ = false;
  bool awaiting_ = false;      // AwaitReports is under way
  bool polling_ = false;       // Poll is posted
  bool answering_ = false;     // AnswerQueued is posted
  bool sending_ = false;       // SendAnswers is under way
  bool reported_all_ = false;  // the last Poll
  std::chrono::steady_clock::time_point look_,
      last_look_;  // at what the kernel reports: by the last Poll, and before it
  std::size_t open_ = 0;
  DateCache date_;
  std::string spare_room_;
  BufferPool buffers_;
  std::array<DeadlineList, kPhases> lists_;

  // Connections live here, in io_'s pending operations and in the last members, and use the members above.
  SocketPoller<Connection::Self> poller_;
  boost::asio::io_context io_;
  Listener listener_;
  Reports reports_;  // a copy of poller_'s file descriptor
  Timer tick_;
  Timer drain_step_;
  Timer cut_;
  ReadyQueue<Connection::Self> ready_;
  RefusalQueue<Connection::Self> refused_;
  std::deque<Connection::Self> received_;
  std::deque<Connection::Self> unsent_;
};

}  // namespace valence::net
