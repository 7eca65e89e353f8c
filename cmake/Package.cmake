# `cmake --build build/release --target package`: a Debian package of what `cmake --install` installs, made on the release of Debian that
# it is for. Its libraries are found by dpkg-shlibdeps (packages dpkg-dev and file); man pages are in it where help2man is there.
find_program(HJNET_HELP2MAN help2man)
if(HJNET_HELP2MAN)
  set(pages)
  # hjnet_man_page(NAME PROGRAM WORDS DESCRIPTION): NAME.1 from what the program's --help and --version say.
  function(hjnet_man_page name program words description)
    set(page ${PROJECT_BINARY_DIR}/man/${name}.1)
    string(STRIP "${program} ${words}" command)
    add_custom_command(OUTPUT ${page}
      COMMAND ${CMAKE_COMMAND} -E make_directory ${PROJECT_BINARY_DIR}/man
      COMMAND ${CMAKE_COMMAND} -E env OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 LC_ALL=C
              ${HJNET_HELP2MAN} --no-info --no-discard-stderr --version-string=${PROJECT_VERSION} --manual=hjnet
              --source=hjnet --name=${description} --output=${page} ${command}
      DEPENDS ${ARGN} VERBATIM)
    set(pages ${pages} ${page} PARENT_SCOPE)
  endfunction()
  hjnet_man_page(hjnet $<TARGET_FILE:hjnet> "" "Hamiltonian neural networks and the entanglement they mediate" hjnet)
  set(does_run "run an input file")
  set(does_check "check an input file, and say what a run would take")
  set(does_scan "run an input file for every combination of some keys' values")
  set(does_torus "find invariant tori of a Hamiltonian")
  set(does_quantum "the quantum stage anew, from a run file")
  set(does_info "say what a file of hjnet's holds")
  set(does_diff "say in what two run files differ")
  set(does_init "write a commented input to start from")
  foreach(verb run check scan torus quantum info diff init)
    hjnet_man_page(hjnet-${verb} $<TARGET_FILE:hjnet> ${verb} ${does_${verb}} hjnet)
  endforeach()
  hjnet_man_page(hjplot ${PROJECT_SOURCE_DIR}/postprocess/hjplot "" "pictures and tables from hjnet's run files")
  hjnet_man_page(hjdata ${PROJECT_SOURCE_DIR}/postprocess/hjdata "" "data files for hjnet")
  add_custom_target(man DEPENDS ${pages})
  install(DIRECTORY ${PROJECT_BINARY_DIR}/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 OPTIONAL)
endif()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_CONTACT "hjnet developers <hjnet@invalid>")
set(CPACK_PACKAGE_DESCRIPTION "Follows a classical neural network as a Hamiltonian system, turns its learning potential into an operator on two
 external particles, and answers whether and when the network entangles them. MPI-parallel.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES TRUE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "openmpi-bin, python3-h5py, python3-matplotlib, python3-numpy, python3-scipy")
include(CPack)
