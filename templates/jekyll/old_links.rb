# Pages that lead the platform's short links to the posts. GitHub Pages runs no plugins of a site: there, add
# `plugins: [jekyll-redirect-from]` to _config.yml, which reads the same lists.
class OldLinks < Jekyll::Generator
  def generate(site)
    (site.posts.docs + site.pages).each do |post|
      Array(post.data["redirect_from"]).each do |old|
        url = "#{site.config["baseurl"]}#{post.url}"
        page = Jekyll::PageWithoutAFile.new(site, site.source, old.delete_prefix("/"), "index.html")
        page.data["layout"] = nil
        page.data["sitemap"] = false
        page.content = "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><meta http-equiv=\"refresh\" content=\"0; url=#{url}\"><link rel=\"canonical\" href=\"#{url}\"></head><body><a href=\"#{url}\">#{url}</a></body></html>\n"
        site.pages << page
      end
    end
  end
end
