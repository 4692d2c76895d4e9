// The page's <script>: it loads nothing, and a test calls its onLoad.
module.exports = function Script() {
  return null;
};
