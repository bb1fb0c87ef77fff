"""Qué páginas se miden y con qué meta. Agregar una es una línea en PAGINAS.

Cada una dice su nombre, quién la abre, su ruta y de qué es: las muestras (el grupo, el encuentro…)
las elige `Muestra` de la base que se mide.
"""

from dataclasses import dataclass
from functools import cached_property

from django.db.models.functions import Length
from django.urls import reverse
from django.utils import timezone

from acompanamiento.models import Acuerdo, Estrategia, Grupo
from pdot.models import Evaluacion, Pdot, PlanCapacidades
from talleres.cronograma import Semana
from talleres.models import Encuentro
from territorios.llaves import dar_llave
from territorios.models import LlaveDeApi, Trabajo, Usuario

CENTRAL, ZONAL, GAD, OBSERVA = "central", "zonal", "gad", "observa"
# Quienes no entran con una cuenta: el público, y un sistema con su llave de la API.
PUBLICO, LLAVE = "publico", "llave"


@dataclass(frozen=True)
class Meta:
    """Hasta cuánto: `veces` el piso de su clase y cuántas consultas, también con la caché fría."""

    clase: str
    piso: str
    veces: float
    consultas: int


LISTA = Meta("lista, ficha o tablero", "piso_lista", 1.5, 8)
FORMULARIO = Meta("formulario", "piso_formulario", 2.5, 7)
GUARDAR = Meta("guardar", "piso_guardar", 3, 10)


@dataclass(frozen=True)
class Pagina:
    """`ruta` y `args` dan la dirección; cada arg es el nombre de una muestra.

    Con `envia`, se manda de vuelta el formulario de esa página tal como vino, con un texto
    cambiado. `tras`: lo que sigue a la dirección.
    """

    nombre: str
    quien: str
    ruta: str
    args: tuple[str, ...] = ()
    meta: Meta = LISTA
    envia: bool = False
    tras: str = ""

    def direccion(self, muestra):
        return reverse(self.ruta, args=[getattr(muestra, arg) for arg in self.args]) + self.tras


PAGINAS = (
    Pagina("Inicio de la central", CENTRAL, "inicio"),
    Pagina("Inicio de una zona", ZONAL, "inicio"),
    Pagina("Inicio de un GAD", GAD, "inicio"),
    Pagina("Inicio de quien observa", OBSERVA, "inicio"),
    Pagina("Mapa del país", CENTRAL, "territorios:inicio"),
    Pagina("Zona y su mapa", ZONAL, "territorios:zona", ("zona",)),
    Pagina("Directorio", CENTRAL, "territorios:gads"),
    Pagina("Directorio, buscando", CENTRAL, "territorios:gads", tras="?q=san"),
    Pagina("GAD", ZONAL, "pdot:gad", ("canton",)),
    Pagina("Buscar en todo", CENTRAL, "pdot:buscar", tras="?q=san"),
    Pagina("Estrategias y grupos", CENTRAL, "acompanamiento:inicio"),
    Pagina("Estrategia", CENTRAL, "acompanamiento:estrategia", ("estrategia",)),
    Pagina("Grupo", ZONAL, "pdot:grupo", ("grupo",)),
    Pagina("Editar un grupo", ZONAL, "pdot:editar_grupo", ("grupo",), FORMULARIO),
    Pagina("Mover miembros", ZONAL, "pdot:mover_miembros", ("grupo",), FORMULARIO),
    Pagina("Mesa de un grupo nuevo", ZONAL, "acompanamiento:nuevo_grupo", ("estrategia",)),
    Pagina("Acuerdos", ZONAL, "acompanamiento:acuerdos"),
    Pagina("Acuerdo", ZONAL, "acompanamiento:acuerdo", ("acuerdo",)),
    Pagina("Hoja de ruta", ZONAL, "acompanamiento:hoja_de_ruta", ("grupo",)),
    Pagina("Cronograma de la semana", CENTRAL, "talleres:inicio"),
    Pagina("Cronograma de una zona", ZONAL, "talleres:cronograma", ("estrategia", "semana")),
    Pagina("Cronograma del mes", ZONAL, "talleres:mes", ("estrategia", "mes")),
    Pagina("Cronograma en lista", CENTRAL, "talleres:lista", ("estrategia",)),
    Pagina("Encuentro", ZONAL, "talleres:encuentro", ("encuentro",)),
    Pagina("Editar un encuentro", ZONAL, "talleres:editar_encuentro", ("por_venir",), FORMULARIO),
    Pagina("Registro de asistencia", ZONAL, "talleres:registro", ("encuentro",)),
    Pagina("Tablero de aportes", ZONAL, "talleres:aportes", ("encuentro",)),
    Pagina("Evaluaciones, la central", CENTRAL, "pdot:inicio"),
    Pagina("Evaluaciones, una zona", ZONAL, "pdot:inicio"),
    Pagina("Evaluación", ZONAL, "pdot:evaluacion", ("enviada",)),
    Pagina("Evaluación, su GAD", GAD, "pdot:evaluacion", ("borrador",)),
    Pagina("Sección de preguntas", GAD, "pdot:seccion", ("borrador", "interna"), FORMULARIO),
    Pagina("Guardar una sección", GAD, "pdot:seccion", ("borrador", "interna"), GUARDAR, True),
    Pagina("Hoja de vínculos", GAD, "pdot:seccion", ("borrador", "vinculos"), FORMULARIO),
    Pagina("Hoja de información", GAD, "pdot:seccion", ("borrador", "informacion"), FORMULARIO),
    Pagina(
        "Guardar la información", GAD, "pdot:seccion", ("borrador", "informacion"), GUARDAR, True
    ),
    Pagina("Revisar", ZONAL, "pdot:revisar", ("enviada",), FORMULARIO),
    Pagina("Qué cambió entre envíos", ZONAL, "pdot:cambios", ("enviada",)),
    Pagina("Cola de revisión", ZONAL, "pdot:revision"),
    Pagina("Cobertura", CENTRAL, "pdot:cobertura"),
    Pagina("Proceso", CENTRAL, "pdot:proceso"),
    Pagina("Indicadores", CENTRAL, "pdot:indicadores"),
    Pagina("Coherencia del grupo", ZONAL, "pdot:coherencia", ("grupo",)),
    Pagina("Red de vínculos", ZONAL, "pdot:red", ("grupo",)),
    Pagina("Contradicciones y sinergias", ZONAL, "pdot:contradicciones", ("grupo",)),
    Pagina("Visión circunvecina", ZONAL, "pdot:vision_de_grupo", ("grupo",)),
    Pagina("Libro de información", ZONAL, "pdot:informacion_de_grupo", ("grupo",)),
    Pagina("Avance del grupo", ZONAL, "pdot:avance_de_grupo", ("grupo",)),
    Pagina("Efecto en el grupo", ZONAL, "pdot:efecto_de_grupo", ("grupo",)),
    Pagina("Necesidades", ZONAL, "pdot:necesidades"),
    Pagina("Planes de capacidades", ZONAL, "pdot:capacidades"),
    Pagina("Plan de capacidades", ZONAL, "pdot:plan_capacidades", ("capacidades",)),
    Pagina("Plan de un GAD", ZONAL, "pdot:plan", ("plan",)),
    Pagina("Exportar", CENTRAL, "pdot:exportar"),
    Pagina("Avance del país", CENTRAL, "pdot:avance"),
    Pagina("Avance de una zona", ZONAL, "pdot:avance_de_zona", ("zona",)),
    Pagina("Avance, todos los grupos", CENTRAL, "pdot:avance_de_grupos"),
    Pagina("Tablero de un grupo", ZONAL, "pdot:tablero_de_grupo", ("grupo",)),
    Pagina("Avance de un GAD", ZONAL, "pdot:avance_de_gad", ("canton",)),
    Pagina("Ritmo", CENTRAL, "pdot:ritmo"),
    Pagina("Avisos", ZONAL, "avisos:lista"),
    Pagina("Preferencias de avisos", ZONAL, "avisos:preferencias", meta=FORMULARIO),
    Pagina("Documentos emitidos", ZONAL, "territorios:documentos"),
    Pagina("Informes de una estrategia", CENTRAL, "pdot:informes", ("estrategia",)),
    Pagina("Informe de un grupo", ZONAL, "pdot:informe", ("estrategia", "clave_del_grupo")),
    Pagina(
        "Editar un informe",
        ZONAL,
        "pdot:editar_informe",
        ("estrategia", "clave_del_grupo"),
        FORMULARIO,
    ),
    Pagina("Trabajos en bloque", CENTRAL, "pdot:trabajos"),
    Pagina("Pedir fichas en bloque", CENTRAL, "pdot:pedir_fichas", meta=FORMULARIO),
    Pagina("Trabajo en bloque", CENTRAL, "pdot:trabajo", ("trabajo",)),
    Pagina("Por hacer", ZONAL, "talleres:por_hacer"),
    Pagina("Datos abiertos", PUBLICO, "datos:inicio"),
    Pagina("API, resumen", LLAVE, "api:resumen"),
)

# Las que se abren desde el campo: lo que pesa cada visita después de la primera.
RURALES = tuple(pagina for pagina in PAGINAS if pagina.quien == GAD and not pagina.envia)

# Las que se bajan en flujo: (nombre, hoja).
EXPORTACIONES = (("Respuestas", "respuestas"), ("Vínculos", "vinculos"))

# Los PDF: (nombre, quién, ruta, de qué muestras): cada repetición usa una muestra distinta, porque
# un documento ya emitido no se compone otra vez. Una muestra con varios argumentos es una tupla.
DOCUMENTOS = (
    ("Ficha del GAD", ZONAL, "pdot:gad_pdf", "cantones"),
    ("Sistematización del grupo", ZONAL, "pdot:grupo_pdf", "grupos"),
    ("Agenda del taller", ZONAL, "talleres:agenda_pdf", "talleres"),
    ("Informe de un grupo", ZONAL, "pdot:borrador_de_informe", "informes_de_grupos"),
    ("Informe de toda la estrategia", CENTRAL, "pdot:borrador_de_informe", "informe_nacional"),
)


class Muestra:
    """De qué se abre cada página: siempre lo mismo, para que dos corridas se comparen."""

    interna, vinculos, informacion = "interna", "vinculos", "informacion"

    @cached_property
    def usuarios(self):
        gad = self.borrador_en_mano.pdot.gad_id
        zona = self.borrador_en_mano.pdot.gad.territorio.zona_id
        return {
            CENTRAL: Usuario.objects.get(username="medir-central"),
            ZONAL: Usuario.objects.get(username=f"medir-zonal{zona}"),
            OBSERVA: Usuario.objects.get(username="medir-observa"),
            GAD: Usuario.objects.get(gad=gad),
        }

    @cached_property
    def borrador_en_mano(self):
        """El borrador de una parroquia que tiene cuenta: lo que abre quien está más lejos."""
        con_cuenta = Usuario.objects.filter(rol="planificador").values("gad")
        borradores = Evaluacion.objects.filter(
            estado__in=Evaluacion.EN_MANOS_DEL_GAD, pdot__gad__in=con_cuenta
        )
        return borradores.order_by(Length("pdot__gad").desc(), "pdot__gad").first()

    @property
    def borrador(self):
        return self.borrador_en_mano.pk

    @property
    def zona(self):
        return self.usuarios[ZONAL].zona_id

    @cached_property
    def enviada(self):
        suyas = Evaluacion.objects.revisables_por(self.usuarios[ZONAL])
        return suyas.order_by("pdot__gad").values_list("pk", flat=True).first()

    @cached_property
    def estrategia(self):
        return Estrategia.objects.order_by("-desde").values_list("codigo", flat=True).first()

    @cached_property
    def grupos(self):
        """Los de hoy de la zona, el de más miembros primero."""
        suyos = Grupo.objects.filter(zona=self.zona, estrategia__codigo=self.estrategia)
        por_tamano = sorted(suyos, key=lambda grupo: (-grupo.membresias.count(), grupo.pk))
        return [grupo.pk for grupo in por_tamano]

    @property
    def grupo(self):
        return self.grupos[0]

    @property
    def clave_del_grupo(self):
        return f"grupo-{self.grupo}"

    @property
    def informes_de_grupos(self):
        return [(self.estrategia, f"grupo-{grupo}") for grupo in self.grupos]

    @property
    def informe_nacional(self):
        return [(self.estrategia, "todo")]

    @cached_property
    def trabajo(self):
        return Trabajo.objects.values_list("pk", flat=True).first()

    @cached_property
    def llave(self):
        """El texto de una llave de la API recién dada: de las guardadas solo queda el resumen."""
        nueva = LlaveDeApi(titular="Medición", caduca=timezone.localdate())
        return dar_llave(nueva, por=self.usuarios[CENTRAL])

    @cached_property
    def cantones(self):
        suyos = Pdot.objects.filter(
            estado=Pdot.Estado.VIGENTE, gad__membresias__grupo__zona=self.zona
        )
        de_canton = suyos.filter(gad__nivel="municipal", gad__territorio__zona=self.zona)
        return list(de_canton.order_by("gad").values_list("gad", flat=True).distinct())

    @property
    def canton(self):
        return self.cantones[0]

    @cached_property
    def plan(self):
        return Pdot.objects.get(gad=self.canton, estado=Pdot.Estado.VIGENTE).pk

    @cached_property
    def talleres(self):
        """Los M3 realizados del grupo y, después, los de los demás de la zona."""
        realizados = Encuentro.objects.filter(
            tipo="M3", estado="realizado", grupos__in=self.grupos
        ).values_list("grupos", "pk")
        en_orden = sorted(realizados, key=lambda par: (par[0] != self.grupo, par))
        return [pk for _, pk in en_orden]

    @property
    def encuentro(self):
        return self.talleres[0]

    @cached_property
    def por_venir(self):
        suyos = Encuentro.objects.abiertos().filter(grupos__in=self.grupos)
        return suyos.order_by("fecha", "pk").values_list("pk", flat=True).first()

    @property
    def semana(self):
        return Semana.de(timezone.localdate()).codigo

    @property
    def mes(self):
        return f"{timezone.localdate():%Y-%m}"

    @cached_property
    def acuerdo(self):
        return Acuerdo.objects.filter(grupo=self.grupo).order_by("numero").first().pk

    @cached_property
    def acuerdo_de_piso(self):
        """Otro, que se guarda una y otra vez: su historia crece y no debe pesar en la página."""
        return Acuerdo.objects.filter(grupo=self.grupo).order_by("-numero").first().pk

    @cached_property
    def capacidades(self):
        return PlanCapacidades.objects.get(grupo=self.grupo).pk
