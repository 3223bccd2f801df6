// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <deque>
#include <memory>

#include "deadline_list.h"
#include "http_connection.h"
#include "http_response_head.h"
#include "ready_queue.h"
#include "tls_context.h"
#include "valence/net/http_server.h"

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

/// One thread of a server: its event loop, its listening socket, its connections. Nothing here is locked; Stop and Cut
/// are the only calls for other threads.
class Worker {
 public:
  using Endpoint = boost::asio::ip::tcp::endpoint;

  Worker(ServerShared* shared, int index);
  ~Worker();

  /// Binds the listening socket, sharing its port with the other workers (SO_REUSEPORT). Returns the bound address.
  Result<Endpoint> Listen(const Endpoint& endpoint);
  /// The same with a socket that listens already, of which it takes a copy.
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
  /// Whether a request that has waited for so long must be queued.
  bool MustQueue(std::chrono::nanoseconds waited) { return ready_.Takes(waited); }
  /// Gives the connection's request its turn when it comes.
  void Queue(Connection::Self connection, std::chrono::nanoseconds waited);
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
  void Arm(Connection& connection, Phase phase);
  void Opened();
  void Closed();

 private:
  using Executor = boost::asio::io_context::executor_type;
  using Acceptor = boost::asio::basic_socket_acceptor<boost::asio::ip::tcp, Executor>;
  using Timer = boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                                  boost::asio::wait_traits<std::chrono::steady_clock>, Executor>;

  void Accept();
  void OnAccept(boost::system::error_code error, Channel::Socket socket);
  void Welcome(Channel::Socket socket, const Endpoint& peer);
  void CloseListener();
  void StopTimers();
  void PostAnswers();
  void AnswerQueued();
  void PostSends();
  void Tick();
  void Sweep();
  DeadlineList& list(Phase phase) { return lists_[static_cast<std::size_t>(phase)]; }

  ServerShared& shared_;
  const int index_;
  bool stopping_ = false;
  bool draining_ = false;
  bool ticking_ = false;
  bool answering_ = false;  // AnswerQueued is posted
  bool sending_ = false;    // SendAnswers is under way
  std::size_t open_ = 0;
  DateCache date_;
  std::array<DeadlineList, kPhases> lists_;

  // Connections live in io_'s pending operations and use the members above, so io_ comes after them.
  boost::asio::io_context io_;
  Acceptor acceptor_;
  Endpoint peer_;  // of the connection being accepted
  Timer tick_;
  Timer accept_again_;
  Timer drain_step_;
  Timer cut_;

  // Their sockets need io_.
  ReadyQueue<Connection::Self> ready_;
  std::deque<Connection::Self> unsent_;
};

}  // namespace valence::net
