# What `cmake --install` adds to the executable (apps/) and the plotting tool (postprocess/): inputs, batch jobs and
# documentation.
install(DIRECTORY input/ DESTINATION ${CMAKE_INSTALL_DATADIR}/hjnet/input FILES_MATCHING PATTERN *.toml PATTERN *.txt)
install(DIRECTORY jobscripts/ DESTINATION ${CMAKE_INSTALL_DATADIR}/hjnet/jobscripts
        FILES_MATCHING PATTERN *.sbatch PATTERN batch.sh PATTERN scaling.sh)
install(FILES README.md CHANGELOG.md CITATION.cff CONTRIBUTING.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR})
