# hjnet_add_library(NAME LIBS... [FOLDERS ...]): a static library of all .cpp files in this folder and in these folders
# below it, with the project's warnings.
function(hjnet_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wconversion
                         $<$<BOOL:${HJNET_WERROR}>:-Werror>)
  if(HJNET_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${HJNET_SANITIZE} -fno-omit-frame-pointer)
    target_link_options(${target} PUBLIC -fsanitize=${HJNET_SANITIZE})
  endif()
endfunction()

# hjnet_optimise(TARGET LEVEL): code where a run spends no time is compiled for quick builds instead of quick loops.
function(hjnet_optimise target level)
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:${level}>)
endfunction()

function(hjnet_add_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "FOLDERS")
  list(TRANSFORM arg_FOLDERS APPEND "/*.cpp")
  file(GLOB sources CONFIGURE_DEPENDS *.cpp ${arg_FOLDERS})
  add_library(hjnet_${name} STATIC ${sources})
  target_include_directories(hjnet_${name} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(hjnet_${name} PUBLIC ${arg_UNPARSED_ARGUMENTS})
  hjnet_warnings(hjnet_${name})
endfunction()
