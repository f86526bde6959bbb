# SPDX-FileCopyrightText: 2026 The IpcPrims for Qt authors
# SPDX-License-Identifier: MIT OR Apache-2.0

# Installs the library with what find_package(IpcPrims) and pkg-config need. Nothing in it names an
# absolute path: the installed tree can be moved.
include(CMakePackageConfigHelpers)

set(package_dir "${CMAKE_INSTALL_LIBDIR}/cmake/IpcPrims")
set(pkgconfig_dir "${CMAKE_INSTALL_LIBDIR}/pkgconfig")

# One set of exported targets for each component of the package, so that a program needs nothing
# that only another component depends on.
set(components Core)
if(TARGET IpcPrimsSchema)
    list(APPEND components Schema)
endif()
foreach(component IN LISTS components)
    install(TARGETS IpcPrims${component}
        EXPORT IpcPrims${component}Targets
        RUNTIME COMPONENT Runtime
        LIBRARY COMPONENT Runtime NAMELINK_COMPONENT Development
        ARCHIVE COMPONENT Development
        FILE_SET HEADERS COMPONENT Development
    )
    install(EXPORT IpcPrims${component}Targets
        NAMESPACE IpcPrims::
        DESTINATION "${package_dir}"
        COMPONENT Development
    )
endforeach()

get_target_property(core_type IpcPrimsCore TYPE)
configure_package_config_file(
    "${CMAKE_CURRENT_LIST_DIR}/IpcPrimsConfig.cmake.in"
    "${PROJECT_BINARY_DIR}/IpcPrimsConfig.cmake"
    INSTALL_DESTINATION "${package_dir}"
)
# Until 1.0 a minor release may break programs, so it isn't found in place of another one.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/IpcPrimsConfigVersion.cmake"
    COMPATIBILITY SameMinorVersion)
install(FILES
    "${PROJECT_BINARY_DIR}/IpcPrimsConfig.cmake"
    "${PROJECT_BINARY_DIR}/IpcPrimsConfigVersion.cmake"
    DESTINATION "${package_dir}"
    COMPONENT Development
)

file(RELATIVE_PATH prefix_from_pkgconfig "/prefix/${pkgconfig_dir}" "/prefix")
string(REGEX REPLACE "/$" "" prefix_from_pkgconfig "${prefix_from_pkgconfig}")
if(core_type STREQUAL "STATIC_LIBRARY")
    set(static_definition " -DIPCPRIMS_STATIC")
    set(requires_private "Requires")
else()
    set(requires_private "Requires.private")
endif()
foreach(component IN LISTS components)
    configure_file("${CMAKE_CURRENT_LIST_DIR}/IpcPrims${component}.pc.in"
        "${PROJECT_BINARY_DIR}/IpcPrims${component}.pc" @ONLY)
    install(FILES "${PROJECT_BINARY_DIR}/IpcPrims${component}.pc"
        DESTINATION "${pkgconfig_dir}"
        COMPONENT Development
    )
endforeach()
