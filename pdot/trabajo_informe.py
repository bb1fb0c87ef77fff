"""El informe de la estrategia, emitido o en borrador, en segundo plano."""

from django.urls import reverse
from django.utils.text import Truncator

from acompanamiento.models import Estrategia
from territorios import trabajos
from territorios.avance_de_trabajo import FASES_DE_UN_PDF
from territorios.emision import borrador, emitir
from territorios.models import Trabajo

from .informe.acceso import alcance_de, informe_de
from .informe.armado import SECCIONES, clave_de, pliego_de

EMITIDO, BORRADOR = "informe", "borrador"
FASES = ((SECCIONES, "Reunir lo registrado"), *FASES_DE_UN_PDF)
YA_NO = "Este informe ya no está en su jurisdicción, o su grupo dejó de existir."
LARGO_DEL_TITULO = Trabajo._meta.get_field("titulo").max_length


def pedir_informe(alcance, informe, clase, *, por, sitio):
    """(trabajo, si es nuevo). `clase`: EMITIDO o BORRADOR."""
    titulo = alcance.titulo
    if clase == BORRADOR:
        titulo = f"Borrador del {titulo[:1].lower()}{titulo[1:]}"
    return trabajos.pedir(
        clase,
        clave=clave_del_trabajo(informe, clase),
        titulo=Truncator(titulo).chars(LARGO_DEL_TITULO),
        parametros={"estrategia": informe.estrategia.codigo, "de": informe.clave},
        piezas=[(informe.clave, "informe.pdf")],
        por=por,
        sitio=sitio,
    )


def clave_del_trabajo(informe, clase):
    return f"{clase}:{clave_de(informe)}"


def trabajos_de(informe, usuario):
    """Los pedidos de ese informe que ve, el último primero."""
    claves = [clave_del_trabajo(informe, clase) for clase in (EMITIDO, BORRADOR)]
    return Trabajo.objects.visibles_para(usuario).filter(clave__in=claves)


def alcanza(trabajo, usuario):
    """Si hoy puede ver ese informe: quien lo pidió pudo dejar de acompañar a ese grupo."""
    return _alcance(trabajo, usuario) is not None


def _alcance(trabajo, usuario):
    suyas = Estrategia.objects.visibles_para(usuario)
    estrategia = suyas.filter(codigo=trabajo.parametros["estrategia"]).first()
    return estrategia and alcance_de(usuario, estrategia, trabajo.parametros["de"])


def donde_se_pide(trabajo):
    return reverse(
        "pdot:informe", args=[trabajo.parametros["estrategia"], trabajo.parametros["de"]]
    )


def _pliego(trabajo, por, avanzar):
    alcance = _alcance(trabajo, por)
    if alcance is None:
        raise trabajos.NoSePuedeSeguir(YA_NO)
    return pliego_de(informe_de(alcance), alcance, avanzar)


def hacer_emitido(trabajo, clave, por, avanzar):
    pliego = _pliego(trabajo, por, avanzar)
    with avanzar.de_paginas():
        return emitir(pliego, por=por, sitio=trabajo.sitio).documento


def hacer_borrador(trabajo, clave, por, avanzar):
    pliego = _pliego(trabajo, por, avanzar)
    with avanzar.de_paginas():
        return borrador(pliego)


for _clase, _nombre, _hacer in (
    (EMITIDO, "Informe de la estrategia", hacer_emitido),
    (BORRADOR, "Borrador de un informe", hacer_borrador),
):
    trabajos.registrar(
        trabajos.Clase(
            _clase,
            _nombre,
            _hacer,
            en_zip=False,
            fases=FASES,
            alcanza=alcanza,
            donde=donde_se_pide,
        )
    )
