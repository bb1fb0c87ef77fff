"""Una corrida entera: llenar la base, medirla y decirlo."""

from functools import partial

from acompanamiento.models import Grupo
from pdot.models import Evaluacion, Pdot, Respuesta
from talleres.models import Encuentro, Participante

from . import datos, informe
from .cronometro import Banco, ajustes_de_medir
from .documentos import medir_bajadas, medir_documentos
from .medidas import Medidas
from .paginas import CENTRAL, DOCUMENTOS, EXPORTACIONES, GAD, PAGINAS, Muestra
from .peso import primera_visita, sin_comprimir
from .rayones import base_de_rayones

CUENTAS = {
    "planes": Pdot,
    "evaluaciones": Evaluacion,
    "respuestas": Respuesta,
    "grupos": Grupo,
    "encuentros": Encuentro,
    "registros de asistencia": Participante,
}


def elegir(textos):
    """Las páginas cuyo nombre contiene alguno de los textos; todas, sin ellos."""
    agujas = [texto.strip().lower() for texto in textos if texto.strip()]
    return [p for p in PAGINAS if not agujas or any(a in p.nombre.lower() for a in agujas)]


def correr(escala, paginas, *, repeticiones, conservar=False, todo=True, aviso=print):
    """La Medicion a esa escala. Con `todo`, también los PDF, lo que se baja y la primera visita."""
    llenar = partial(_llenar, Medidas.de(escala), aviso)
    with base_de_rayones(f"x{escala}", llenar=llenar, conservar=conservar), ajustes_de_medir():
        return _medir(escala, paginas, repeticiones, todo, aviso)


def _llenar(medidas, aviso):
    with datos.sin_asegurar_el_disco():
        datos.cargar_catalogos()
        datos.sembrar(medidas, aviso=lambda que: aviso(f"llenando: {que}"))
        aviso("contando resúmenes")
        datos.contar_resumenes()


def _medir(escala, paginas, repeticiones, todo, aviso):
    banco = Banco(Muestra())
    pisos, visitas = banco.medir(paginas, repeticiones, aviso)
    medicion = informe.Medicion(
        escala=escala,
        motor=informe.motor(),
        pisos=pisos,
        visitas=visitas,
        cuentas={que: modelo.objects.count() for que, modelo in CUENTAS.items()},
    )
    if todo:
        aviso("documentos")
        medicion.documentos = medir_documentos(banco, DOCUMENTOS)
        aviso("exportaciones")
        medicion.bajadas = medir_bajadas(banco.clientes[CENTRAL], EXPORTACIONES)
        medicion.primera = _primera_visita(banco)
    return medicion


def _primera_visita(banco):
    pagina = next(p for p in PAGINAS if p.quien == GAD and p.nombre == "Sección de preguntas")
    respuesta = banco.clientes[GAD].get(pagina.direccion(banco.muestra))
    return primera_visita(sin_comprimir(respuesta))
