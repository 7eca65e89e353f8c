# `cmake --build build/release --target site`: the documentation as a site with a search, build/release/site/index.html; with Debian's
# python3-sphinx, python3-myst-parser, furo and libjs-mathjax. Warnings, such as of a link that leads nowhere, are errors.
find_program(HJNET_SPHINX sphinx-build)
find_path(HJNET_MATHJAX MathJax.js PATHS /usr/share/javascript/mathjax)
if(HJNET_SPHINX AND HJNET_MATHJAX)
  set(site ${PROJECT_BINARY_DIR}/site)
  add_custom_target(site
    COMMAND ${CMAKE_COMMAND} -E rm -rf ${site}
    COMMAND ${HJNET_SPHINX} -q -W --keep-going -b html -d ${PROJECT_BINARY_DIR}/site-pages -c ${PROJECT_SOURCE_DIR}/docs/site
            -D version=${PROJECT_VERSION} -D release=${PROJECT_VERSION} ${PROJECT_SOURCE_DIR} ${site}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${site}/_static/mathjax
    COMMAND ${CMAKE_COMMAND} -E chdir ${HJNET_MATHJAX} cp -rL --parents MathJax.js config/TeX-AMS_CHTML.js extensions fonts/HTML-CSS/TeX/woff
            jax/element jax/input/TeX jax/output/CommonHTML ${site}/_static/mathjax
    COMMAND ${CMAKE_COMMAND} -E copy ${PROJECT_SOURCE_DIR}/docs/site/front.html ${site}/index.html
    VERBATIM)
endif()
