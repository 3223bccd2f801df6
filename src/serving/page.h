// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "html.h"
#include "valence/serving/served_model.h"

namespace valence::serving {

/// Headers of every HTML answer: nothing inline, nothing from elsewhere, no framing, no referrer.
extern const std::string_view kPageHeaders;
/// Headers of static files. Their addresses carry a digest of their content, so browsers may keep them.
extern const std::string_view kStaticHeaders;

/// The page, rendered whole on the server: it works without JavaScript. Thread-safe.
class Page {
 public:
  Page();

  void RenderEmpty(const ServedModel& model, std::string* out) const { Render(model, "", "", out); }
  void RenderAnswer(const ServedModel& model, std::string_view text, const classifier::Prediction& prediction,
                    std::string* out) const;
  void RenderError(const ServedModel& model, std::string_view text, std::string_view message, std::string* out) const;
  /// The page around /openapi.json.
  const std::string& docs() const { return docs_; }

 private:
  void Render(const ServedModel& model, std::string_view text, std::string_view result, std::string* out) const;

  HtmlTemplate template_;
  std::string style_;
  std::string script_;
  std::string icon_;
  std::string docs_;
};

}  // namespace valence::serving
