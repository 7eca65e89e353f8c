# Writes OUTPUT (version.hpp) with the version HJNET_VERSION and the commit of SOURCE; "-dirty" where the tree differs
# from the commit, "unknown" outside a repository. Run by every build: the header changes only when its content does.
execute_process(COMMAND git describe --always --dirty --exclude * --abbrev=40
                WORKING_DIRECTORY ${SOURCE} OUTPUT_VARIABLE HJNET_COMMIT RESULT_VARIABLE status
                OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT status EQUAL 0)
  set(HJNET_COMMIT unknown)
endif()
configure_file(${CMAKE_CURRENT_LIST_DIR}/version.hpp.in ${OUTPUT} @ONLY)
