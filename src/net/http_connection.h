// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "deadline_list.h"
#include "http_channel.h"
#include "http_request_parser.h"
#include "valence/net/http_server.h"

namespace valence::net {

class Worker;

/// What a connection is waiting for; each has its own time limit (Worker::Arm).
enum class Phase {
  kNone,    ///< for nothing: it is being worked on
  kFresh,   ///< for the first byte of the first request
  kIdle,    ///< for the first byte of another request
  kHeader,  ///< for the rest of a header
  kBody,    ///< for the rest of a body
  kWrite,   ///< for the client to read the answer
  kSkip,    ///< for the rest of a body that was refused
  kLinger   ///< for the client to close, so that it can read our last answer before the kernel sends a reset
};
inline constexpr std::size_t kPhases = 8;

/// One client's connection: reads, parses, calls the handler, writes, in that order, one request at a time.
/// It waits for exactly one thing at a time, and who gives it that owns it: the worker's SocketPoller, its queues, or
/// the side thread. When a step ends without another wait, the connection is gone. All on its worker's thread.
class Connection final : public Expiring {
 public:
  using Self = std::unique_ptr<Connection>;

  /// `peer`: the client's address.
  Connection(Worker* worker, Channel channel, std::string peer);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  /// Serves what has been read, and goes on until the client or a limit ends it.
  static void Start(Self self) { self->Serve(std::move(self)); }
  /// Answers `status` to whatever the client sends, and closes.
  static void Turn(Self self, int status, std::string_view reason);

  /// Goes on when its socket can be read (or written), or when it was woken.
  static void Resume(Self self) { self->OnResume(std::move(self)); }

  /// Goes on with the request that Worker::Queue was given, which has waited for so long.
  static void TakeTurn(Self self, std::chrono::nanoseconds waited);

  /// Sends the answer that Worker::SendSoon was given, and goes on.
  static void SendAnswer(Self self) { self->Send(std::move(self)); }

  /// The phase's time is over: answers 408 if a request is still under way, else closes. Soon, not within the call.
  void Expire();
  /// The server is stopping and this connection waits for a request: closes it, soon, unless one has arrived meanwhile.
  void Retire();

  Channel& channel() { return channel_; }

 private:
  enum class Sent { kAll, kBlocked, kFailed };
  /// What becomes of it when it goes on.
  enum class Fate { kNone, kDropped, kRetired };
  /// What a look at the received bytes leads to.
  enum class Next { kRead, kSend, kSendLater, kDefer, kQueue, kSkip };

  // The asynchronous steps. Each takes the connection over and hands it to the next.
  void Serve(Self self);
  void Read(Self self);
  void Await(Self self, Direction direction);
  void OnResume(Self self);
  void TakeIn(Self self);
  void Go(Self self, Next next);
  void Defer(Self self);
  void Queue(Self self);
  void Send(Self self);
  void SkipBody(Self self);  // http_connection_refusal.cc

  // How it ends (http_connection_end.cc).
  void TimeOut(Self self);
  void Leave(Self self);
  void Linger(Self self);
  void Discard(Self self);

  // The synchronous ones.
  bool MayBeLate() const;
  bool ReadMore(Self* self, bool may_be_late);
  Next PrepareAnswer();
  RequestParser::State Parse();
  Next AnswerOrQueue();
  Next Answer();
  void BeginAnswer();
  void CompleteAnswer();
  void Refuse(int status, std::string_view reason);
  void FillRequest();
  Sent SendSome();
  void FinishAnswer();
  void DropRequest();
  void WantBody();
  void Erase(RequestParser::Range range);

  // For a request whose body an HttpStream takes (http_connection_stream.cc).
  Next TakeBody(bool complete);
  void FramePart(bool last);
  /// Ends a stream that cannot be answered any more. True if its answer was under way, so that nothing can be added.
  bool DropStream();

  // For a request that may be refused before the handler sees it (http_connection_refusal.cc).
  Next AwaitBody();
  Next QueueOrRefuse();
  Next RefuseOrRead();
  bool RefuseUnread();

  void Enter(Phase phase);
  void LeavePhase() {
    phase_ = Phase::kNone;
    overdue_ = false;
  }
  /// From here on nothing depends on the client.
  void EndTimeLimit() {
    LeavePhase();
    unlink();
  }
  void MakeRoom();
  void ReturnBuffer();

  std::string_view Message() const { return {data_.get() + begin_, end_ - begin_}; }

  Worker& worker_;
  Channel channel_;
  RequestParser parser_;
  Phase phase_ = Phase::kNone;
  bool overdue_ = false;  ///< phase_'s time is over: what has arrived by now is the last that counts
  Fate fate_ = Fate::kNone;
  bool fresh_ = true;
  bool close_ = false;
  bool head_only_ = false;
  bool sent_continue_ = false;
  bool judged_ = false;    ///< RefuseUnread has been asked
  bool has_turn_ = false;  ///< it has waited in the worker's queue: not again

  // Received bytes not yet answered: data_[begin_, end_).
  std::unique_ptr<char[]> data_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;

  const std::string peer_;
  HttpRequest request_;
  HttpResponse response_;
  std::string head_;
  std::string_view tail_;  ///< after the body; a literal
  std::size_t sent_ = 0;
  std::size_t unread_ = 0;  ///< bytes of a refused body that are still to come

  std::unique_ptr<HttpStream> stream_;
  bool streaming_ = false;  ///< the head of stream_'s answer is out
};

}  // namespace valence::net
