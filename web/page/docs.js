// SPDX-License-Identifier: Apache-2.0
// Shows /openapi.json. swagger-ui-dist comes before, as a script of its own.

window.SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#docs',
  validatorUrl: null,
  presets: [window.SwaggerUIBundle.presets.apis],
  defaultModelsExpandDepth: 0,
});
