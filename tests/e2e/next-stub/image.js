module.exports = function Image() {
  return null;
};
