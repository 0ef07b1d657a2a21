# Written, not run. The address is a placeholder until the project has one, the checksums until a release has been built:
# `packaging/release.py manifests` fills both in.
class Liudi < Formula
  desc "Archive a WeChat account before closing it"
  homepage "https://placeholder.invalid"
  version "0.1.0"
  license "MIT"

  on_macos do
    url "https://placeholder.invalid/releases/download/v0.1.0/liudi-0.1.0-macos.zip"
    sha256 "0000000000000000000000000000000000000000000000000000000000000000"
  end

  on_linux do
    on_intel do
      url "https://placeholder.invalid/releases/download/v0.1.0/liudi-0.1.0-linux-x86_64.tar.gz"
      sha256 "0000000000000000000000000000000000000000000000000000000000000000"
    end
    on_arm do
      url "https://placeholder.invalid/releases/download/v0.1.0/liudi-0.1.0-linux-aarch64.tar.gz"
      sha256 "0000000000000000000000000000000000000000000000000000000000000000"
    end
  end

  def install
    if OS.mac?
      prefix.install "liudi.app"
      bin.write_exec_script prefix/"liudi.app/Contents/MacOS/liudi"
    else
      bin.install "liudi"
    end
    generate_completions_from_executable(bin/"liudi", "completions")
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/liudi --version")
  end
end
