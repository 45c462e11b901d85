# The few kinds of target the suite is made of. Everything is built with the same flags so that one precompiled header serves all.
set(HOTLINE_SANITIZE "" CACHE STRING "Sanitizers for the whole build: 'address,undefined' or 'thread'")

# Several files of a target compiled as one: what they include is read once, so a build from nothing takes 40 % less; after
# a change to one file its whole batch is compiled again. So it is off while working, and on where tests/run builds from nothing.
option(HOTLINE_UNITY "Compile the files of each target in batches" OFF)
set(HOTLINE_UNITY_BATCH 8)

add_library(hotline_flags INTERFACE)
target_compile_options(hotline_flags INTERFACE -Wall -Wextra -Werror -Wno-error=deprecated-declarations)
target_compile_definitions(hotline_flags INTERFACE BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_SEPARATE_COMPILATION)

add_link_options(-fuse-ld=lld)
# Timestamps inside precompiled headers would make every clean build miss the compiler cache.
add_compile_options("$<$<COMPILE_LANG_AND_ID:CXX,Clang>:SHELL:-Xclang -fno-pch-timestamp>")
if(HOTLINE_SANITIZE)
  add_compile_options(-fsanitize=${HOTLINE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${HOTLINE_SANITIZE})
endif()

# One shared precompiled header. It holds what nearly every file of the suite includes and nothing of the suite itself.
# Domain code may not use gRPC although the header drags it in: tests/tidy reads the include lines.
set(hotline_pch_source ${CMAKE_BINARY_DIR}/hotline_pch.cpp)
file(GENERATE OUTPUT ${hotline_pch_source} CONTENT "// Exists so that the shared precompiled header has a target to belong to.\n")
add_library(hotline_pch OBJECT ${hotline_pch_source})
target_link_libraries(hotline_pch PRIVATE hotline_flags gRPC::grpc++ absl::status absl::statusor absl::time absl::strings
  Boost::headers spdlog::spdlog nlohmann_json::nlohmann_json Threads::Threads)
target_precompile_headers(hotline_pch PRIVATE
  <algorithm> <atomic> <chrono> <cstdint> <deque> <functional> <map> <memory> <mutex> <optional> <set> <string>
  <string_view> <thread> <unordered_map> <utility> <variant> <vector>
  <absl/status/status.h> <absl/status/statusor.h> <absl/strings/str_cat.h> <absl/time/time.h>
  <boost/asio/awaitable.hpp> <boost/asio/co_spawn.hpp> <boost/asio/io_context.hpp> <boost/asio/steady_timer.hpp>
  <boost/asio/use_awaitable.hpp> <grpcpp/grpcpp.h> <nlohmann/json.hpp> <spdlog/spdlog.h>)

# Asio's own code, compiled once (BOOST_ASIO_SEPARATE_COMPILATION) instead of in every file that includes it.
set(hotline_asio_source ${CMAKE_BINARY_DIR}/hotline_asio.cpp)
file(GENERATE OUTPUT ${hotline_asio_source} CONTENT "#include <boost/asio/impl/src.hpp>\n#include <boost/asio/ssl/impl/src.hpp>\n")
add_library(hotline_asio STATIC ${hotline_asio_source})
target_compile_definitions(hotline_asio PRIVATE BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_SEPARATE_COMPILATION)
target_compile_options(hotline_asio PRIVATE -w)
target_link_libraries(hotline_asio PUBLIC Boost::headers OpenSSL::SSL Threads::Threads)

# Targets that use the precompiled header must see the same definitions, so they link what it links.
function(hotline_common target)
  target_include_directories(${target} PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${target} PRIVATE hotline_flags gRPC::grpc++ absl::status absl::statusor absl::time absl::strings
    Boost::headers spdlog::spdlog nlohmann_json::nlohmann_json Threads::Threads hotline_asio)
  target_precompile_headers(${target} REUSE_FROM hotline_pch)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ${HOTLINE_UNITY} UNITY_BUILD_BATCH_SIZE ${HOTLINE_UNITY_BATCH})
endfunction()

# hotline_library(NAME SOURCES... DEPS...): a library of libs/, linked as hotline::NAME, included as "libs/NAME/x.h".
# Without SOURCES it is headers only.
function(hotline_library name)
  cmake_parse_arguments(A "" "" "SOURCES;DEPS" ${ARGN})
  if(A_SOURCES)
    add_library(hotline_${name} STATIC ${A_SOURCES})
    hotline_common(hotline_${name})
    target_include_directories(hotline_${name} PUBLIC ${CMAKE_SOURCE_DIR})
    target_link_libraries(hotline_${name} PUBLIC ${A_DEPS})
  else()
    add_library(hotline_${name} INTERFACE)
    target_include_directories(hotline_${name} INTERFACE ${CMAKE_SOURCE_DIR})
    target_link_libraries(hotline_${name} INTERFACE ${A_DEPS})
  endif()
  add_library(hotline::${name} ALIAS hotline_${name})
endfunction()

# Everything that is installed and run; `ninja hotline_programs` builds no tests.
add_custom_target(hotline_programs)

# hotline_service(NAME SOURCES... DEPS...): a service as a library (everything but main.cpp), so that its tests can run
# it in process, and the program hotline-NAME made of main.cpp.
function(hotline_service name)
  cmake_parse_arguments(A "" "" "SOURCES;DEPS" ${ARGN})
  add_library(service_${name} STATIC ${A_SOURCES})
  hotline_common(service_${name})
  target_include_directories(service_${name} PUBLIC ${CMAKE_SOURCE_DIR})
  target_link_libraries(service_${name} PUBLIC hotline_proto ${A_DEPS})
  string(REPLACE "_" "-" program ${name})
  add_executable(hotline-${program} main.cpp)
  hotline_common(hotline-${program})
  target_link_libraries(hotline-${program} PRIVATE service_${name})
  if(NOT HOTLINE_SANITIZE) # which bring an allocator of their own
    target_link_libraries(hotline-${program} PRIVATE PkgConfig::jemalloc) # docs/decisions/0025-allocator.md
  endif()
  set_target_properties(hotline-${program} PROPERTIES INSTALL_RPATH "$ORIGIN/../lib")
  add_dependencies(hotline_programs hotline-${program})
  install(TARGETS hotline-${program} RUNTIME DESTINATION bin)
  if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/migrations)
    install(DIRECTORY migrations DESTINATION share/hotline/${name})
  endif()
endfunction()

# hotline_test(NAME LABEL SOURCES... DEPS...): a Catch2 program and its ctest entry. LABEL says what it needs: `unit`
# (nothing), `service` (private PostgreSQL or Redis, which libs/testing starts).
function(hotline_test name label)
  cmake_parse_arguments(A "" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${A_SOURCES})
  hotline_common(${name})
  target_compile_definitions(${name} PRIVATE HOTLINE_SOURCE_DIR="${CMAKE_SOURCE_DIR}" HOTLINE_BINARY_DIR="${CMAKE_BINARY_DIR}")
  target_link_libraries(${name} PRIVATE ${A_DEPS} Catch2::Catch2WithMain)
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS ${label} TIMEOUT 600)
endfunction()
