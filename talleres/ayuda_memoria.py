"""Ayuda memoria de un encuentro: un solo contexto, que imprimen el PDF y el DOCX.

Lleva lo que puede ver quien la pide: los nombres de los participantes, solo quien puede verlos; las
fotos, según a quién se muestran. Las que tienen datos reservados no salen nunca: el documento
circula.
"""

from base64 import b64encode
from dataclasses import dataclass

from django.db.models import Prefetch

from acompanamiento.models import Acuerdo, Grupo
from territorios.documentos import contar_por_nivel, nombre_de_pdf, por_nivel
from territorios.emision import Pliego
from territorios.models import Gad

from .asistencia import contar
from .documentos import papeles_de
from .models import Evidencia, Memoria, Participante
from .tablero import secciones_de

MAXIMO_DE_FOTOS = 12


@dataclass(frozen=True)
class Foto:
    """Una foto del documento: los bytes del JPEG y su leyenda."""

    contenido: bytes
    leyenda: str

    @property
    def en_linea(self):
        return f"data:image/jpeg;base64,{b64encode(self.contenido).decode()}"


def contexto_de_ayuda_memoria(encuentro, usuario):
    """Lo que las dos salidas imprimen, ya contado y en orden. `encuentro`: uno que `usuario` ve."""
    grupos = list(Grupo.objects.visibles_para(usuario).filter(encuentros=encuentro))
    convocados = list(encuentro.gads_convocados.para_lista())
    fotos, fotos_de_mas = _fotos(encuentro, usuario)
    return {
        "encuentro": encuentro,
        "titulo": titulo_de(encuentro),
        "fecha": encuentro.fecha,
        "grupos": sorted(grupos, key=lambda grupo: grupo.numero),
        "grupos_ajenos": encuentro.grupos.count() - len(grupos),
        "papeles": papeles_de(encuentro),
        "convocados": por_nivel(convocados),
        "frase_convocados": contar_por_nivel(convocados),
        "memoria": Memoria.objects.filter(encuentro=encuentro).first() or Memoria(),
        "puntos": list(encuentro.agenda.all()),
        "aportes": _aportes(encuentro, usuario),
        "acuerdos": _acuerdos(encuentro, usuario),
        "asistencia": contar(Participante.objects.filter(encuentro=encuentro)),
        "declarados": encuentro.taller.participantes_declarados,
        "nomina": list(_nomina(encuentro, usuario)),
        "fotos": fotos,
        "fotos_de_mas": fotos_de_mas,
    }


def titulo_de(encuentro):
    """Por lugar y fecha: es público, y en el tema alguien puede nombrar a una persona."""
    return f"Ayuda memoria · {encuentro.lugar}, {encuentro.fecha:%d/%m/%Y}"


def ayuda_memoria_en_pdf(encuentro, usuario):
    """El Pliego de la ayuda memoria; con nómina o fotos no se conserva: se pueden suprimir."""
    contexto = contexto_de_ayuda_memoria(encuentro, usuario)
    return Pliego(
        "talleres/documentos/ayuda_memoria.html",
        contexto,
        titulo=contexto["titulo"],
        clase="Ayuda memoria",
        clave=f"memoria:{encuentro.pk}",
        nombre=nombre_de_ayuda_memoria(encuentro, "pdf"),
        conserva=not (contexto["nomina"] or contexto["fotos"]),
    )


def nombre_de_ayuda_memoria(encuentro, extension):
    nombre = nombre_de_pdf("Ayuda memoria", encuentro.lugar, encuentro.fecha.isoformat())
    return f"{nombre.removesuffix('.pdf')}.{extension}"


def _aportes(encuentro, usuario):
    """Las secciones del tablero que tienen tarjetas: por pregunta, por punto y lo demás."""
    tarjetas = encuentro.aportes.vigentes().para_tablero(usuario)
    secciones = secciones_de(encuentro.preguntas.all(), encuentro.agenda.all(), tarjetas)
    return [seccion for seccion in secciones if seccion.tarjetas]


def _acuerdos(encuentro, usuario):
    nacidos = Acuerdo.objects.visibles_para(usuario).filter(origen__encuentro=encuentro)
    return list(nacidos.para_lista().prefetch_related(Prefetch("partes", Gad.objects.para_lista())))


def _nomina(encuentro, usuario):
    """Los participantes con nombre que ve; a quien no puede verlos, ninguno."""
    visibles = Participante.objects.visibles_para(usuario).filter(encuentro=encuentro)
    return visibles.con_nombre().para_nomina()


def _fotos(encuentro, usuario):
    """([Foto], cuántas más hay). Una que falte en el disco se salta: el documento sale igual."""
    visibles = Evidencia.objects.visibles_para(usuario).vigentes().fotos()
    suyas = visibles.filter(encuentro=encuentro).exclude(alcance=Evidencia.Alcance.ZONA)
    leidas = [_leida(evidencia) for evidencia in suyas[:MAXIMO_DE_FOTOS]]
    return [foto for foto in leidas if foto], max(0, suyas.count() - MAXIMO_DE_FOTOS)


def _leida(evidencia):
    try:
        with evidencia.miniatura.open("rb") as abierta:
            return Foto(abierta.read(), evidencia.leyenda)
    except FileNotFoundError:
        return None
