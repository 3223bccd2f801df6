// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "valence/net/http_server.h"

namespace valence::net {

/// A real HttpServer on a free port, whose handler answers "<method> <path>?<query> <body>". The path "/slow" takes
/// until Release(), "/busy" 20 ms, "/brief" 1 ms. A request with the header X-Refuse gets 429, before its body is read
/// where that can be; one with X-Refuse-If-Full for which the queue is full likewise.
class EchoServer {
 public:
  explicit EchoServer(ServerOptions options) {
    if (options.threads == 0) options.threads = 1;
    auto server = HttpServer::Listen(
        options, [this](int, const HttpRequest& request, HttpResponse* response) { Answer(request, response); },
        [](int, const HttpRefusal& refusal, HttpResponse* response) {
          response->status = refusal.status;
          response->body.assign("{\"error\":\"").append(refusal.reason).append("\"}");
        },
        nullptr,
        [this](int, const HttpRequest& request, HttpResponse* response) {
          if (request.queue_is_full) ++asked_when_full_;
          if (!Refuses(request, response)) return false;
          ++refused_unread_;
          EXPECT_EQ(request.body, "");
          return true;
        });
    server_ = std::move(server).value();
    thread_ = std::jthread([this] { server_->Run(); });
  }
  ~EchoServer() {
    Release();
    server_->Stop();
  }

  std::uint16_t port() const { return server_->port(); }
  HttpServer& server() { return *server_; }
  void WaitUntilSlowStarted() { started_.wait(false); }
  /// Of the requests so far, in the order in which they were answered.
  std::vector<std::string> AnsweredPaths() {
    const std::lock_guard lock(mutex_);
    return paths_;
  }
  /// Requests that were refused before their body was read.
  int refused_unread() const { return refused_unread_; }
  /// Requests for which the queue was full.
  int asked_when_full() const { return asked_when_full_; }
  void Release() {
    released_ = true;
    released_.notify_all();
  }
  /// Waits for Run to return.
  void Join() { thread_.join(); }

 private:
  static bool Refuses(const HttpRequest& request, HttpResponse* response) {
    const bool if_full = request.queue_is_full && !request.header("X-Refuse-If-Full").empty();
    if (request.header("X-Refuse").empty() && !if_full) return false;
    response->status = 429;
    response->body.assign("refused");
    return true;
  }
  void Answer(const HttpRequest& request, HttpResponse* response) {
    if (request.path == "/slow") {
      started_ = true;
      started_.notify_all();
      released_.wait(false);
    }
    if (request.path == "/busy") std::this_thread::sleep_for(std::chrono::milliseconds(20));
    if (request.path == "/brief") std::this_thread::sleep_for(std::chrono::milliseconds(1));
    {
      const std::lock_guard lock(mutex_);
      paths_.emplace_back(request.path);
    }
    if (Refuses(request, response)) return;
    response->content_type = "text/plain";
    response->body.assign(request.method).append(" ").append(request.path).append("?").append(request.query);
    response->body.append(" ").append(request.body);
    if (const auto tag = request.header("X-Tag"); !tag.empty()) response->body.append(" tag=").append(tag);
  }

  std::atomic<bool> started_ = false;
  std::atomic<bool> released_ = false;
  std::atomic<int> refused_unread_ = 0;
  std::atomic<int> asked_when_full_ = 0;
  std::mutex mutex_;
  std::vector<std::string> paths_;
  std::unique_ptr<HttpServer> server_;
  std::jthread thread_;
};

}  // namespace valence::net
