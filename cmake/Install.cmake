# What `cmake --install` adds to the executable (apps/) and the plotting tool (postprocess/): inputs and documentation.
install(DIRECTORY input/ DESTINATION ${CMAKE_INSTALL_DATADIR}/hjnet/input FILES_MATCHING PATTERN *.toml)
install(FILES README.md CHANGELOG.md CITATION.cff CONTRIBUTING.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR})
